package io.fdiff.examples;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fdiff samplers}. */
@Command(
    name = "samplers",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    description = {
      "Compares samplers on a mixture of two Gaussian processes with its exact denoiser: error and",
      "two-sample test against the number of denoiser calls.",
      "Writes samplers.png and samplers.md into the output folder."
    })
final class SamplersCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--out", paramLabel = "DIR", description = "Output folder.")
  private Path out = Path.of("fdiff-out");

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all draws.")
  private long seed = 1;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Functions of each set, at least 10.")
  private int samples = 1000;

  @Option(names = "--calls", paramLabel = "N", description = "Most denoiser calls, at least 10.")
  private int calls = 1000;

  @Override
  public Integer call() throws Exception {
    if (samples < 10) {
      throw new ParameterException(
          spec.commandLine(), "--samples " + samples + ": the comparison needs at least 10");
    }
    if (calls < 10) {
      throw new ParameterException(
          spec.commandLine(), "--calls " + calls + ": the smallest number compared is 10");
    }
    OutputFolder folder = OutputFolder.open(out);
    List<SamplerStudy.Row> rows = new SamplerStudy(samples, seed).run(calls);
    String table = SamplerStudy.table(rows);
    folder.write("samplers.md", sink -> sink.write(table.getBytes(StandardCharsets.UTF_8)));
    folder.writePng("samplers.png", SamplerStudy.picture(rows));
    spec.commandLine().getOut().println(table);
    spec.commandLine().getOut().println("table and picture in " + out);
    return 0;
  }
}
