package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, killed, asked to end and running out of space. */
@Timeout(300)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no SIGTERM and no ulimit")
class InterruptedTrainingTest {

  private static final int SIGTERM_EXIT = 128 + 15;

  @TempDir Path directory;
  @TempDir Path outputs;
  private final List<Process> processes = new ArrayList<>();

  /** A failed assertion must not leave a training behind. */
  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  /** What the process prints; a pipe would be closed when it is killed. */
  private Path output() {
    return outputs.resolve("steps");
  }

  private Process start(String limit, long checkpointEvery) throws IOException {
    List<String> command = new ArrayList<>();
    if (!limit.isEmpty()) {
      command.addAll(List.of("sh", "-c", limit + "; exec \"$@\"", "sh"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp",
            System.getProperty("java.class.path"),
            TrainingProcess.class.getName(),
            directory.toString(),
            Long.toString(checkpointEvery)));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    processes.add(process);
    return process;
  }

  private void awaitSteps(Process process, int count) throws IOException, InterruptedException {
    while (steps().size() < count) {
      assertThat(process.isAlive()).as("process before step %d", count).isTrue();
      Thread.sleep(10);
    }
  }

  /** The numbers of the steps, in whole lines. */
  private List<Long> steps() throws IOException {
    String text = Files.readString(output());
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(Long::valueOf).toList();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private long newest() throws IOException {
    return Checkpoint.latest(directory).orElseThrow().step();
  }

  /** Killed at any moment, most of them within a checkpoint: nothing is lost. */
  private void kill(Random random) throws IOException, InterruptedException {
    Process process = start("", 1);
    awaitSteps(process, 2 + random.nextInt(4));
    Thread.sleep(random.nextInt(60));
    process.destroyForcibly().waitFor();
    List<Long> steps = steps();
    // The checkpoint of the step before the last that was heard of is complete.
    assertThat(newest()).isGreaterThanOrEqualTo(steps.get(steps.size() - 1) - 1);
  }

  /** The step is finished and written, and the exit code is that of the signal. */
  private void terminate() throws IOException, InterruptedException {
    Process process = start("", 1_000_000);
    awaitSteps(process, 1);
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(SIGTERM_EXIT);
    List<Long> steps = steps();
    assertThat(newest()).isEqualTo(steps.get(steps.size() - 1));
    assertThat(names()).allMatch(name -> name.startsWith("step-"));
  }

  /** No file may be longer than 512 bytes: the checkpoint fails, those before it stay. */
  private void fillDisk() throws IOException, InterruptedException {
    List<String> before = names();
    Process process = start("ulimit -f 1", 2);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(output())).contains("File too large");
    assertThat(process.exitValue()).isEqualTo(TrainingProcess.NOT_WRITTEN);
    assertThat(names()).isEqualTo(before);
  }

  @Test
  void interruptionsOfEveryKindChangeNoBit() throws IOException, InterruptedException {
    Random random = new Random(3);
    kill(random);
    kill(random);
    terminate();
    fillDisk();
    try (Trainer last = TrainingProcess.trainer(directory, 1_000_000);
        Trainer whole = TrainingFixture.mixedTrainer(TrainingProcess.config(1_000_000))) {
      long steps = last.steps() + 2;
      assertThat(steps).isGreaterThan(4);
      last.run(steps);
      whole.run(steps);
      assertThat(last.state().weights()).isEqualTo(whole.state().weights());
      assertThat(last.state().average()).isEqualTo(whole.state().average());
      assertThat(last.state().m()).isEqualTo(whole.state().m());
      assertThat(last.state().v()).isEqualTo(whole.state().v());
      assertThat(last.runningLoss()).isEqualTo(whole.runningLoss());
    }
  }

  /** Whatever a crash left of the newest checkpoint is refused, and the one before it serves. */
  @Test
  void truncatedCheckpointsLeaveTheOnesBefore() throws IOException {
    try (Trainer trainer = TrainingProcess.trainer(directory, 2)) {
      trainer.run(4);
    }
    Path newest = directory.resolve("step-00000004");
    Random random = new Random(5);
    for (String name :
        List.of("config.json", "state.json", "model.safetensors", "optimizer.safetensors")) {
      Path file = newest.resolve(name);
      byte[] whole = Files.readAllBytes(file);
      for (int repeat = 0; repeat < 3; repeat++) {
        Files.write(file, Arrays.copyOf(whole, random.nextInt(whole.length - 1)));
        assertThat(catchThrowableOfType(IOException.class, () -> Checkpoint.latest(directory)))
            .hasMessageContaining("cannot use checkpoint " + newest);
      }
      Files.write(file, whole);
    }
    assertThat(Checkpoint.read(directory.resolve("step-00000002")).step()).isEqualTo(2);
  }
}
