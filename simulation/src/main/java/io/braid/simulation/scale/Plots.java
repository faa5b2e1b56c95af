package io.braid.simulation.scale;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** Draws series on two logarithmic axes, as SVG and PNG; needs no display. */
final class Plots {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int DPI = 96;

    private final Path directory;
    private final List<String> names = new ArrayList<>();

    Plots(Path directory) {
        this.directory = directory;
    }

    /** One curve; points at which y is 0 are left out, since there is no place for them. */
    record Curve(String name, List<Double> x, List<Double> y) {}

    /** Those that were drawn, in order: names of files without an ending. */
    List<String> names() {
        return names;
    }

    void draw(String name, String title, String xTitle, String yTitle, List<Curve> curves) throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        int drawn = 0;
        for (Curve curve : curves) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (int i = 0; i < curve.x().size(); i++) {
                if (curve.y().get(i) > 0 && curve.x().get(i) > 0) {
                    x.add(curve.x().get(i));
                    y.add(curve.y().get(i));
                }
            }
            if (!x.isEmpty()) {
                chart.addSeries(curve.name(), x, y);
                drawn++;
            }
        }
        if (drawn > 0) {
            names.add(name);
            String file = directory.resolve(name).toString();
            VectorGraphicsEncoder.saveVectorGraphic(chart, file, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
            BitmapEncoder.saveBitmapWithDPI(chart, file, BitmapEncoder.BitmapFormat.PNG, DPI);
        }
    }
}
