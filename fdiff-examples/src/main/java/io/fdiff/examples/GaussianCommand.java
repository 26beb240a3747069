package io.fdiff.examples;

import io.fdiff.measure.Equivalence;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fdiff gaussian}. */
@Command(
    name = "gaussian",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    description = {
      "Draws Gaussian measures: pictures of covariance operators on curves and fields, of one draw",
      "on four grids, of a regression, and a Feldman-Hajek report.",
      "Writes PNG files and feldman-hajek.txt into the output folder."
    })
final class GaussianCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--out", paramLabel = "DIR", description = "Output folder.")
  private Path out = Path.of("fdiff-out");

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all draws.")
  private long seed = 1;

  @Override
  public Integer call() throws Exception {
    OutputFolder folder = OutputFolder.open(out);
    GaussianGallery gallery = new GaussianGallery(seed);
    folder.writePng("gaussian-curves.png", gallery.curves());
    folder.writePng("gaussian-fields.png", gallery.fields());
    folder.writePng("gaussian-grids.png", gallery.coupledGrids());
    folder.writePng("gaussian-regression.png", gallery.regression());
    folder.writePng("feldman-hajek.png", GaussianGallery.divergence());
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Equivalence> pair : GaussianGallery.pairs().entrySet()) {
      text.append(pair.getKey()).append('\n').append(pair.getValue().describe()).append('\n');
    }
    folder.write(
        "feldman-hajek.txt", sink -> sink.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    spec.commandLine().getOut().println(text);
    spec.commandLine().getOut().println("pictures and report in " + out);
    return 0;
  }
}
