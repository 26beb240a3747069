package io.fdiff.nn.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.fdiff.nn.arch.AdaptedInrConfig;
import io.fdiff.nn.arch.AttentionOperatorConfig;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.nn.arch.GraphNeuralOperatorConfig;
import io.fdiff.nn.arch.LeNetConfig;
import io.fdiff.nn.arch.MetaInrConfig;
import io.fdiff.nn.arch.ModulatedInrConfig;
import io.fdiff.nn.arch.SirenConfig;
import io.fdiff.nn.arch.UVitConfig;
import io.fdiff.nn.arch.VisionTransformerConfig;

/** JSON of configurations: which architectures exist, and how strictly they are read. */
public final class ConfigurationFormat {

  private ConfigurationFormat() {}

  /**
   * A mapper that knows the architectures of this module by their {@code type}. Unknown, missing
   * and doubled properties are refused.
   *
   * @return a fresh mapper
   */
  public static ObjectMapper mapper() {
    return mapper(new JsonFactory());
  }

  /**
   * The same mapper for another format with the structure of JSON, such as YAML.
   *
   * @param format reads and writes the format
   * @return a fresh mapper
   */
  public static ObjectMapper mapper(JsonFactory format) {
    return JsonMapper.builder(format)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .registerModule(architectures());
  }

  private static SimpleModule architectures() {
    SimpleModule module = new SimpleModule("fdiff");
    module.registerSubtypes(FourierNeuralOperatorConfig.class);
    module.registerSubtypes(GraphNeuralOperatorConfig.class);
    module.registerSubtypes(AttentionOperatorConfig.class);
    module.registerSubtypes(UVitConfig.class);
    module.registerSubtypes(VisionTransformerConfig.class);
    module.registerSubtypes(ModulatedInrConfig.class);
    module.registerSubtypes(SirenConfig.class, MetaInrConfig.class, AdaptedInrConfig.class);
    module.registerSubtypes(LeNetConfig.class);
    return module;
  }
}
