package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The laws of a {@link CovarianceOperator} on one grid. */
abstract class CovarianceOperatorContract {

  private static final int BATCH = 2;
  private static final int CHANNELS = 2;

  private CovarianceOperator cached;

  /** The operator under test, on a grid of at most some 50 points. */
  abstract CovarianceOperator create();

  /** Round-off of {@code C}, {@code C^{1/2}} relative to the largest entry. */
  double accuracy() {
    return 1e-12;
  }

  /** Round-off of {@code C⁺C}: the condition number on the range comes in. */
  double inverseAccuracy() {
    return 1e-9;
  }

  final CovarianceOperator operator() {
    if (cached == null) {
      cached = create();
    }
    return cached;
  }

  private Grid grid() {
    return operator().grid();
  }

  private INDArray random(long seed) {
    return TestFunctions.random(grid(), DataType.DOUBLE, BATCH, CHANNELS, seed);
  }

  private RealMatrix weights() {
    return MatrixUtils.createRealDiagonalMatrix(grid().weights());
  }

  @Test
  final void isSelfAdjoint() {
    // W C = W K W symmetric is ⟨Cx, y⟩ = ⟨x, Cy⟩ for all x and y.
    for (RealMatrix c :
        new RealMatrix[] {
          Matrices.of(grid(), operator()::apply), Matrices.of(grid(), operator()::applySqrt),
        }) {
      RealMatrix form = weights().multiply(c);
      assertThat(Matrices.distance(form, form.transpose()))
          .isLessThan(accuracy() * Matrices.max(form));
    }
    L2Space space = new L2Space(grid());
    INDArray x = random(1);
    INDArray y = random(2);
    double[] left = TestFunctions.values(space.inner(operator().apply(x), y));
    double[] right = TestFunctions.values(space.inner(x, operator().apply(y)));
    // ‖Cx‖‖y‖ ≤ tr C ‖x‖‖y‖.
    double size =
        operator().trace()
            * TestFunctions.max(TestFunctions.values(space.norm(x)))
            * TestFunctions.max(TestFunctions.values(space.norm(y)));
    assertThat(TestFunctions.distance(left, right)).isLessThan(accuracy() * size);
  }

  @Test
  final void preconditionedGradientNeedsNoWeights() {
    // C∇F = C W⁻¹g = K g for a Euclidean gradient g.
    double[] g = TestFunctions.rough(grid().size(), 6);
    INDArray riesz = new L2Space(grid()).riesz(TestFunctions.of(grid(), g));
    double[] expected = Matrices.kernel(operator()).operate(g);
    assertThat(TestFunctions.distance(TestFunctions.values(operator().apply(riesz)), expected))
        .isLessThan(accuracy() * TestFunctions.max(expected) * g.length);
  }

  @Test
  final void isPositive() {
    for (RealMatrix c :
        new RealMatrix[] {
          Matrices.of(grid(), operator()::apply), Matrices.of(grid(), operator()::applySqrt),
        }) {
      RealMatrix form = weights().multiply(c);
      form = form.add(form.transpose());
      double[] eigenvalues = new EigenDecomposition(form).getRealEigenvalues();
      double largest = Arrays.stream(eigenvalues).max().orElseThrow();
      double smallest = Arrays.stream(eigenvalues).min().orElseThrow();
      assertThat(largest).isPositive();
      assertThat(smallest).isGreaterThan(-1e-13 * largest);
    }
  }

  @Test
  final void actsLinearlyAndOnEachChannelAlike() {
    INDArray x = random(1);
    INDArray y = random(2);
    double[] left = TestFunctions.values(operator().apply(x.mul(-2).add(y)));
    double[] right = TestFunctions.values(operator().apply(x).mul(-2).add(operator().apply(y)));
    assertThat(TestFunctions.distance(left, right))
        .isLessThan(accuracy() * TestFunctions.max(left));
    // Rows of a batch are applied one by one: bit for bit.
    int n = grid().size();
    double[] all = TestFunctions.values(operator().apply(x));
    double[] in = TestFunctions.values(x);
    for (int row = 0; row < BATCH * CHANNELS; row++) {
      INDArray one = TestFunctions.of(grid(), Arrays.copyOfRange(in, row * n, (row + 1) * n));
      assertThat(TestFunctions.values(operator().apply(one)))
          .isEqualTo(Arrays.copyOfRange(all, row * n, (row + 1) * n));
    }
  }

  @Test
  final void sqrtTwiceIsApply() {
    RealMatrix c = Matrices.of(grid(), operator()::apply);
    RealMatrix root = Matrices.of(grid(), operator()::applySqrt);
    assertThat(Matrices.distance(root.multiply(root), c)).isLessThan(accuracy() * Matrices.max(c));
  }

  @Test
  final void sqrtOfWhiteNoiseHasTheKernelAsCovariance() {
    // C^{1/2} W⁻¹ (C^{1/2})ᵀ = K.
    RealMatrix root = Matrices.of(grid(), operator()::applySqrt);
    RealMatrix inverseWeights =
        MatrixUtils.createRealDiagonalMatrix(
            Arrays.stream(grid().weights()).map(w -> 1 / w).toArray());
    RealMatrix k = Matrices.kernel(operator());
    RealMatrix product = root.multiply(inverseWeights).multiply(root.transpose());
    assertThat(Matrices.distance(product, k)).isLessThan(accuracy() * Matrices.max(k));
  }

  @Test
  final void inverseAfterApplyIsTheProjectionOntoTheRange() {
    RealMatrix c = Matrices.of(grid(), operator()::apply);
    RealMatrix p = Matrices.of(grid(), x -> operator().applyInverse(operator().apply(x)));
    RealMatrix form = weights().multiply(p);
    double size = Matrices.max(form);
    assertThat(Matrices.distance(form, form.transpose()))
        .as("self-adjoint")
        .isLessThan(inverseAccuracy() * size);
    assertThat(Matrices.distance(p.multiply(p), p))
        .as("idempotent")
        .isLessThan(inverseAccuracy() * Matrices.max(p));
    assertThat(Matrices.distance(c.multiply(p), c))
        .as("identity on the range")
        .isLessThan(inverseAccuracy() * Matrices.max(c));
    RealMatrix q = Matrices.of(grid(), x -> operator().apply(operator().applyInverse(x)));
    assertThat(Matrices.distance(p, q)).isLessThan(inverseAccuracy() * Matrices.max(p));
  }

  @Test
  final void inverseSqrtIsTheRootOfTheInverse() {
    RealMatrix p = Matrices.of(grid(), x -> operator().applyInverse(operator().apply(x)));
    RealMatrix q = Matrices.of(grid(), x -> operator().applyInverseSqrt(operator().applySqrt(x)));
    assertThat(Matrices.distance(p, q)).isLessThan(inverseAccuracy() * Matrices.max(p));
    RealMatrix inverse = Matrices.of(grid(), operator()::applyInverse);
    RealMatrix root = Matrices.of(grid(), operator()::applyInverseSqrt);
    assertThat(Matrices.distance(root.multiply(root), inverse))
        .isLessThan(inverseAccuracy() * Matrices.max(inverse));
  }

  @Test
  final void powersAddUp() {
    RealMatrix c = Matrices.of(grid(), operator()::apply);
    RealMatrix split =
        Matrices.of(grid(), x -> operator().applyPower(operator().applyPower(x, 0.3), 0.7));
    assertThat(Matrices.distance(split, c)).isLessThan(accuracy() * Matrices.max(c));
    RealMatrix back =
        Matrices.of(grid(), x -> operator().applyPower(operator().applyPower(x, 1.5), -0.5));
    assertThat(Matrices.distance(back, c)).isLessThan(inverseAccuracy() * Matrices.max(c));
    RealMatrix p = Matrices.of(grid(), x -> operator().applyInverse(operator().apply(x)));
    RealMatrix zero = Matrices.of(grid(), x -> operator().applyPower(x, 0));
    assertThat(Matrices.distance(zero, p)).isLessThan(inverseAccuracy() * Matrices.max(p));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator().power(0))
        .withMessageContaining("exponent 0");
  }

  @Test
  final void eigenpairsAreOrthonormalAndDiagonalise() {
    int n = grid().size();
    Eigenpairs pairs = operator().eigenpairs(n);
    double[] lambda = pairs.eigenvalues();
    RealMatrix phi = Matrices.rows(TestFunctions.values(pairs.functions()), n);
    RealMatrix gram = phi.multiply(weights()).multiply(phi.transpose());
    assertThat(Matrices.distance(gram, MatrixUtils.createRealIdentityMatrix(n))).isLessThan(1e-11);
    RealMatrix image = Matrices.rows(TestFunctions.values(operator().apply(pairs.functions())), n);
    RealMatrix expected = MatrixUtils.createRealDiagonalMatrix(lambda).multiply(phi);
    assertThat(Matrices.distance(image, expected))
        .isLessThan(accuracy() * lambda[0] * Matrices.max(phi));
    double trace = Arrays.stream(lambda).sum();
    assertThat(trace).isCloseTo(operator().trace(), within(accuracy() * trace));
    for (int k = 1; k < n; k++) {
      assertThat(lambda[k]).isBetween(0.0, lambda[k - 1]);
    }
    double[] two = operator().eigenpairs(2).eigenvalues();
    assertThat(TestFunctions.distance(two, Arrays.copyOf(lambda, 2)))
        .isLessThan(accuracy() * lambda[0]);
    for (int bad : new int[] {0, n + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> operator().eigenpairs(bad))
          .withMessageContaining(bad + " eigenpairs")
          .withMessageContaining("[1, " + n + "]");
    }
  }

  @Test
  final void gridsOfAnotherDomainAreRefused() {
    Grid longer = PointSet.of(new Interval(-7, 9), -1, 0, 3);
    Interval side = new Interval(-7, 9);
    Grid box = RegularGrid.of(List.of(side, side, side), RegularGrid.Layout.CELL, 2, 2, 2);
    for (Grid other : new Grid[] {longer, box}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> operator().on(other))
          .withMessageContaining("same domain");
    }
  }

  @Test
  final void rootIsolatesTheCameronMartinNorm() {
    // ‖C^{1/2}z‖_C = ‖Pz‖, P the projection onto the range.
    L2Space space = new L2Space(grid());
    INDArray z = random(3);
    INDArray projected = operator().applyInverse(operator().apply(z));
    INDArray root = operator().applySqrt(z);
    double[] norm = TestFunctions.values(space.inner(root, operator().applyInverse(root)));
    double[] expected = TestFunctions.values(space.inner(projected, projected));
    assertThat(TestFunctions.distance(norm, expected))
        .isLessThan(inverseAccuracy() * TestFunctions.max(expected));
  }

  @Test
  final void traceIsTheMeanPointwiseVariance() {
    RealMatrix k = Matrices.kernel(operator());
    double[] w = grid().weights();
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      sum += w[i] * k.getEntry(i, i);
    }
    assertThat(operator().trace()).isCloseTo(sum, within(accuracy() * sum));
  }

  @Test
  final void floatsAreComputedLikeDoublesUpToRounding() {
    INDArray x = random(4).castTo(DataType.FLOAT);
    INDArray wide = x.castTo(DataType.DOUBLE);
    INDArray[][] pairs = {
      {operator().apply(x), operator().apply(wide)},
      {operator().applySqrt(x), operator().applySqrt(wide)},
      {operator().applyInverse(x), operator().applyInverse(wide)},
      {operator().applyInverseSqrt(x), operator().applyInverseSqrt(wide)},
    };
    for (INDArray[] pair : pairs) {
      assertThat(pair[0].dataType()).isEqualTo(DataType.FLOAT);
      assertThat(pair[0].shape()).containsExactly(x.shape());
      double[] exact = TestFunctions.values(pair[1]);
      // Two roundings to float, 6e-8 each.
      assertThat(TestFunctions.distance(TestFunctions.values(pair[0]), exact))
          .isLessThan(2e-7 * TestFunctions.max(exact));
    }
  }

  @Test
  final void argumentsAreNotModified() {
    INDArray x = random(1);
    operator().apply(x).addi(1);
    operator().applySqrt(x).addi(1);
    operator().applyInverse(x).addi(1);
    operator().applyInverseSqrt(x).addi(1);
    assertThat(TestFunctions.values(x)).isEqualTo(TestFunctions.values(random(1)));
  }

  @Test
  final void wrongShapesAndTypesAreRefused() {
    INDArray flat = Nd4j.create(DataType.DOUBLE, 2, grid().size());
    INDArray whole = random(1).castTo(DataType.INT32);
    String rule = "expected [batch, channels, ";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator().apply(flat))
        .withMessageContaining("[2, " + grid().size() + "]")
        .withMessageContaining(rule);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator().applySqrt(flat))
        .withMessageContaining(rule);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator().applyInverse(flat))
        .withMessageContaining(rule);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator().applyInverseSqrt(flat))
        .withMessageContaining(rule);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator().sample(NoiseSource.of(1), flat))
        .withMessageContaining(rule);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator().apply(whole))
        .withMessageContaining("INT");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> operator().sample(NoiseSource.of(1), 0))
        .withMessageContaining("batch 0");
  }

  @Test
  final void timesScalesTheLaw() {
    CovarianceOperator four = operator().times(4);
    INDArray x = random(1);
    double[] expected = TestFunctions.values(operator().apply(x).mul(4));
    assertThat(TestFunctions.distance(TestFunctions.values(four.apply(x)), expected))
        .isLessThan(accuracy() * TestFunctions.max(expected));
    assertThat(four.trace()).isCloseTo(4 * operator().trace(), within(accuracy() * four.trace()));
    NoiseSource noise = NoiseSource.of(1);
    double[] sample = TestFunctions.values(operator().sample(noise, 3).mul(2));
    assertThat(TestFunctions.distance(TestFunctions.values(four.sample(noise, 3)), sample))
        .isLessThan(1e-12 * TestFunctions.max(sample));
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> operator().times(bad))
          .withMessageContaining("factor " + bad)
          .withMessageContaining("positive and finite");
    }
  }

  @Test
  final void onItsOwnGridItIsTheSameOperator() {
    assertThat(
            Matrices.distance(Matrices.kernel(operator().on(grid())), Matrices.kernel(operator())))
        .isZero();
  }

  @Test
  final void samplesAreDeterminedByTheirAddress() {
    NoiseSource noise = NoiseSource.of(11).withStep(2);
    double[] values = draw(noise, 7);
    assertThat(draw(noise, 7)).isEqualTo(values);
    int block = CHANNELS * grid().size();
    for (int b = 0; b < 7; b++) {
      assertThat(draw(noise.withFirstSample(b), 1))
          .as("sample %d alone, bit for bit", b)
          .isEqualTo(Arrays.copyOfRange(values, b * block, (b + 1) * block));
    }
    assertThat(draw(noise.withFirstSample(3), 4))
        .isEqualTo(Arrays.copyOfRange(values, 3 * block, 7 * block));
    for (NoiseSource other :
        new NoiseSource[] {
          NoiseSource.of(12).withStep(2), noise.withStep(3), noise.withStream(0)
        }) {
      assertThat(draw(other, 7)).isNotEqualTo(values);
    }
  }

  private double[] draw(NoiseSource noise, int batch) {
    INDArray x = FunctionBatch.zeros(grid(), DataType.DOUBLE, batch, CHANNELS);
    return TestFunctions.values(operator().sample(noise, x));
  }

  @Test
  final void samplesFillTheGivenArray() {
    INDArray wide = FunctionBatch.zeros(grid(), DataType.DOUBLE, 5, 2);
    INDArray narrow = FunctionBatch.zeros(grid(), DataType.FLOAT, 5, 2);
    wide.addi(99);
    assertThat(operator().sample(NoiseSource.of(1), wide)).isSameAs(wide);
    assertThat(operator().sample(NoiseSource.of(1), narrow)).isSameAs(narrow);
    double[] values = TestFunctions.values(wide);
    // Spectral operators draw FLOAT samples in single precision throughout: each of the log2 N
    // steps of the transform rounds once, a few units of the largest value.
    assertThat(TestFunctions.distance(TestFunctions.values(narrow), values))
        .isLessThan(8 * Math.ulp((float) TestFunctions.max(values)));
    // The first channel is that of a batch of one channel.
    int n = grid().size();
    assertThat(Arrays.copyOf(values, n))
        .isEqualTo(TestFunctions.values(operator().sample(NoiseSource.of(1), 1)));
  }

  @Test
  final void samplesHaveTheOperatorAsCovariance() {
    SampleLaw.assertCovariance(operator(), Matrices.kernel(operator()));
  }

  @Test
  final void samplesStayInTheRange() {
    INDArray x = operator().sample(NoiseSource.of(5), 20);
    INDArray projected = operator().apply(operator().applyInverse(x));
    double[] values = TestFunctions.values(x);
    assertThat(TestFunctions.distance(TestFunctions.values(projected), values))
        .isLessThan(inverseAccuracy() * TestFunctions.max(values));
  }
}
