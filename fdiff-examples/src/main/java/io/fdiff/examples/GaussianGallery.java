package io.fdiff.examples;

import io.fdiff.covariance.Brownian;
import io.fdiff.covariance.CirculantCovariance;
import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.KroneckerCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.kernel.Ard;
import io.fdiff.kernel.BrownianMotion;
import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.kernel.Matern;
import io.fdiff.kernel.Periodic;
import io.fdiff.kernel.RationalQuadratic;
import io.fdiff.kernel.SeparableKernel;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.Equivalence;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.measure.GaussianRegression;
import io.fdiff.measure.LinearObservation;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.Basis;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The pictures and the report of the page on Gaussian measures. */
final class GaussianGallery {

  private static final int CURVES = 6;
  private static final int POINTS = 512;
  private static final int SIDE = 128;
  private static final int MODES = 1 << 16;

  private final NoiseSource noise;

  GaussianGallery(long seed) {
    this.noise = NoiseSource.of(seed);
  }

  /** Draws of covariance operators on an interval. */
  BufferedImage curves() {
    RegularGrid grid = RegularGrid.unit(POINTS);
    Map<String, CovarianceOperator> operators = new LinkedHashMap<>();
    operators.put("Brownian motion", Brownian.motion(grid, 1));
    operators.put("Brownian bridge", Brownian.bridge(grid, 1));
    operators.put("exponential, ℓ = 0.2", stationary(grid, Matern.exponential(1, 0.2)));
    operators.put("Matérn 3/2, ℓ = 0.2", stationary(grid, new Matern(1.5, 1, 0.2)));
    operators.put("Matérn 5/2, ℓ = 0.2", stationary(grid, new Matern(2.5, 1, 0.2)));
    operators.put(
        "squared exponential, ℓ = 0.2", KernelCovariance.of(grid, new SquaredExponential(1, 0.2)));
    operators.put("periodic, ℓ = 1, period ½", stationary(grid, new Periodic(1, 1, 0.5)));
    operators.put(
        "rational quadratic, α = ½, ℓ = 0.05",
        KernelCovariance.of(grid, new RationalQuadratic(0.5, 1, 0.05)));
    List<CurvePlot.Panel> panels = new ArrayList<>();
    operators.forEach((name, operator) -> panels.add(panel(name, operator)));
    return stack(
        CurvePlot.draw(panels.subList(0, 4)), CurvePlot.draw(panels.subList(4, panels.size())));
  }

  private static CovarianceOperator stationary(RegularGrid grid, CovarianceKernel kernel) {
    return CirculantCovariance.of(grid, kernel);
  }

  private CurvePlot.Panel panel(String name, CovarianceOperator operator) {
    return new CurvePlot.Panel(
        name, arguments(operator.grid()), rows(operator.sample(noise, CURVES)));
  }

  private static double[] arguments(Grid grid) {
    return IntStream.range(0, grid.size()).mapToDouble(i -> grid.coordinate(i, 0)).toArray();
  }

  private static double[][] rows(INDArray functions) {
    return functions.reshape(functions.size(0), -1).toDoubleMatrix();
  }

  /** Draws of covariance operators on a square. */
  BufferedImage fields() {
    RegularGrid cells = RegularGrid.unit(SIDE, SIDE);
    RegularGrid torus = RegularGrid.unit(Layout.PERIODIC, SIDE, SIDE);
    Spectrum whittle = Spectrum.bessel(20, 2, 1);
    Map<String, CovarianceOperator> operators = new LinkedHashMap<>();
    operators.put(
        "white, mollified\nwidth 0.02",
        SpectralCovariance.of(Basis.FOURIER.on(torus), Spectrum.heat(0.02)));
    operators.put(
        "exponential, ℓ = 0.2\ncirculant embedding", stationary(cells, Matern.exponential(1, 0.2)));
    operators.put(
        "Matérn 3/2, ℓ = 0.1\ncirculant embedding", stationary(cells, new Matern(1.5, 1, 0.1)));
    operators.put(
        "Matérn 3/2, lengths 0.3, 0.05\nlength per axis",
        stationary(cells, Ard.of(new Matern(1.5, 1, 1), 0.05, 0.3)));
    operators.put("(400 − Δ)⁻², periodic", SpectralCovariance.of(Basis.FOURIER.on(torus), whittle));
    operators.put("(400 − Δ)⁻², Neumann", SpectralCovariance.of(Basis.COSINE.on(cells), whittle));
    operators.put("(400 − Δ)⁻², Dirichlet", SpectralCovariance.of(Basis.SINE.on(cells), whittle));
    operators.put(
        "Brownian sheet\nKronecker product",
        KroneckerCovariance.of(
            cells, SeparableKernel.of(BrownianMotion.standard(), BrownianMotion.standard())));
    return FieldPlot.draw(4, fieldPanels(operators));
  }

  private List<FieldPlot.Panel> fieldPanels(Map<String, CovarianceOperator> operators) {
    List<FieldPlot.Panel> panels = new ArrayList<>();
    operators.forEach(
        (name, operator) -> {
          double[] values = operator.sample(noise, 1).reshape(-1).toDoubleVector();
          panels.add(new FieldPlot.Panel(name, operator.grid().shape()[1], values));
        });
    return panels;
  }

  /** One draw of one operator on four grids. */
  BufferedImage coupledGrids() {
    SpectralCovariance operator =
        SpectralCovariance.of(Basis.COSINE.on(RegularGrid.unit(16, 16)), Spectrum.bessel(8, 2, 1));
    Map<String, CovarianceOperator> operators = new LinkedHashMap<>();
    for (int n : new int[] {16, 32, 64, 256}) {
      operators.put(n + " × " + n + " points", operator.on(RegularGrid.unit(n, n)));
    }
    return FieldPlot.draw(4, fieldPanels(operators));
  }

  /** Pairs of measures for the Feldman–Hájek report, by name. */
  static Map<String, Equivalence> pairs() {
    double[] none = new double[MODES];
    double[] base = terms(k -> Math.pow(k, -2));
    Map<String, Equivalence> pairs = new LinkedHashMap<>();
    pairs.put(
        "k⁻²(1 + 1/k) against k⁻²",
        Equivalence.of(terms(k -> Math.pow(k, -2) * (1 + 1.0 / k)), base, none));
    pairs.put("1.1 k⁻² against k⁻²", Equivalence.of(terms(k -> 1.1 * Math.pow(k, -2)), base, none));
    pairs.put("k⁻² against k⁻³", Equivalence.of(base, terms(k -> Math.pow(k, -3)), none));
    pairs.put("mean shift k⁻¹ under k⁻²", Equivalence.of(base, base, terms(k -> 1.0 / k)));
    return pairs;
  }

  private static double[] terms(IntToDoubleFunction term) {
    return IntStream.rangeClosed(1, MODES).mapToDouble(term).toArray();
  }

  /** The truncated Kullback–Leibler divergence of the pairs against the number of modes. */
  static BufferedImage divergence() {
    XYChart chart = CurvePlot.empty("KL divergence of the first n modes", "modes n", "KL");
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setLegendPosition(LegendPosition.InsideNW);
    pairs()
        .forEach(
            (name, report) -> {
              double[] counts = Arrays.stream(report.kl().counts()).asDoubleStream().toArray();
              chart
                  .addSeries(name + ": " + report.verdict(), counts, report.kl().sums())
                  .setMarker(SeriesMarkers.CIRCLE)
                  .setLineWidth(1.5f);
            });
    return CurvePlot.row(List.of(chart));
  }

  /** Brownian motion before and after four noisy observations. */
  BufferedImage regression() {
    RegularGrid grid = RegularGrid.unit(Layout.NODE, 201);
    // From 0.005 on: the motion is 0 at 0, and a point without variance has no inverse.
    GaussianMeasure prior =
        GaussianMeasure.centred(KernelCovariance.of(grid, new BrownianMotion(1, -0.005)));
    int[] nodes = {40, 90, 120, 170};
    double[] observed = {0.8, -0.3, 0.4, 1.2};
    GaussianRegression regression =
        GaussianRegression.of(prior, LinearObservation.atNodes(grid, nodes), 0.01);
    INDArray y = Nd4j.createFromArray(observed).reshape(1, 1, observed.length);
    double[] mean = regression.mean(y).reshape(-1).toDoubleVector();
    double[] variance = regression.variance().reshape(-1).toDoubleVector();
    double[][] draws = rows(regression.sample(noise, Nd4j.concat(0, y, y, y, y)));
    double[] arguments = arguments(grid);
    XYChart after = CurvePlot.empty("given four values", "argument", "value");
    after.getStyler().setLegendPosition(LegendPosition.OutsideE);
    for (int sign : new int[] {-2, 2}) {
      double[] bound = new double[mean.length];
      Arrays.setAll(bound, i -> mean[i] + sign * Math.sqrt(Math.max(0, variance[i])));
      line(after, sign < 0 ? "mean − 2σ" : "mean + 2σ", arguments, bound, 2.2f);
    }
    line(after, "mean", arguments, mean, 2.2f);
    for (int b = 0; b < draws.length; b++) {
      line(after, "draw " + (b + 1), arguments, draws[b], 0.8f);
    }
    XYChart before = CurvePlot.empty("prior", "argument", "value");
    before.getStyler().setLegendVisible(false);
    double[][] free = rows(prior.sample(noise, CURVES));
    for (int b = 0; b < free.length; b++) {
      line(before, "draw " + (b + 1), arguments, free[b], 0.8f);
    }
    double[] at = Arrays.stream(nodes).mapToDouble(i -> arguments[i]).toArray();
    after
        .addSeries("observed", at, observed)
        .setMarker(SeriesMarkers.DIAMOND)
        .setLineColor(new Color(0, true));
    return CurvePlot.row(List.of(before, after));
  }

  private static void line(XYChart chart, String name, double[] x, double[] y, float width) {
    chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE).setLineWidth(width);
  }

  private static BufferedImage stack(BufferedImage top, BufferedImage bottom) {
    BufferedImage image =
        new BufferedImage(
            top.getWidth(), top.getHeight() + bottom.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    try {
      canvas.drawImage(top, 0, 0, null);
      canvas.drawImage(bottom, 0, top.getHeight(), null);
    } finally {
      canvas.dispose();
    }
    return image;
  }
}
