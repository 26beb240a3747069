package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fdiff.nn.train.log.CsvLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Memory over 20,000 steps, written to {@code target/training-memory.csv}:
 *
 * <pre>
 * ./mvnw -pl fdiff-nn -am test -DexcludedGroups= -Dtest=TrainingMemoryTest -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@Tag("slow")
class TrainingMemoryTest {

  private static final int STEPS = 20_000;
  private static final int INTERVAL = 100;
  private static final long MEGABYTE = 1_000_000;

  @TempDir Path directory;

  /** Median of a column over rows of a part of the run. */
  private static long median(List<String> rows, int column, int fromStep, int toStep) {
    long[] values =
        rows.stream()
            .skip(1)
            .map(row -> row.split(",", -1))
            .filter(row -> Long.parseLong(row[0]) > fromStep && Long.parseLong(row[0]) <= toStep)
            .mapToLong(row -> Long.parseLong(row[column]))
            .sorted()
            .toArray();
    return values[values.length / 2];
  }

  @Test
  void memoryIsFlat() throws IOException {
    Path csv = Path.of("target", "training-memory.csv");
    Files.createDirectories(csv.getParent());
    TrainingConfig config = TrainingFixture.config().withSteps(STEPS).withCheckpointEvery(2000);
    try (CsvLog log = CsvLog.open(csv, 0);
        Trainer trainer =
            Trainer.of(TrainingFixture.network(), TrainingFixture.objective(), config)) {
      trainer.listen(log.every(INTERVAL));
      trainer.checkpointTo(directory, JsonNodeFactory.instance.objectNode(), 2);
      trainer.run();
    }
    List<String> rows = Files.readAllLines(csv);
    assertThat(rows).hasSize(1 + STEPS / INTERVAL);
    List<String> columns = List.of(rows.get(0).split(",", -1));
    // The first quarter fills heap and pools. A float lost in each of the 150 operations of a step
    // would be 9 MB in 15,000 steps, an array of this net 3 GB.
    for (String column : List.of("heap_bytes", "off_heap_bytes", "resident_bytes")) {
      int at = columns.indexOf(column);
      long early = median(rows, at, STEPS / 4, STEPS / 2);
      long late = median(rows, at, 3 * STEPS / 4, STEPS);
      assertThat(late - early).as(column).isLessThan(100 * MEGABYTE);
    }
  }
}
