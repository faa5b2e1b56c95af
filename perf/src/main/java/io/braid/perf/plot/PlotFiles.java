package io.braid.perf.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws plots and writes each as NAME.svg and NAME.png. Needs fonts and fontconfig but no display: a headless JDK of a
 * distribution brings both. Stateless; blocks.
 */
public final class PlotFiles {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 500;
    private static final int FONT_SIZE = 13;
    private static final float LINE = 2f;
    private static final float[] DASHES = {7f, 5f};

    /** Told apart by those too who see few colours (Okabe and Ito). */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0xE69F00),
            new Color(0x56B4E9),
            new Color(0x555555));

    static {
        System.setProperty("java.awt.headless", "true");
    }

    private PlotFiles() {}

    /** Writes both files into a directory that exists. A series without points is left out. */
    public static void write(Plot plot, Path directory) throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(plot.title())
                .xAxisTitle(plot.x().title())
                .yAxisTitle(plot.y().title())
                .build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(plot.x().log());
        chart.getStyler().setXAxisDecimalPattern("#,###");
        chart.getStyler().setYAxisLogarithmic(plot.y().log());
        if (plot.y().log()) {
            chart.getStyler().setYAxisDecimalPattern("#,###.###");
            chart.getStyler().setYAxisMin(plot.yFloor());
            chart.getStyler().setYAxisMax(plot.yCeiling());
        } else {
            chart.getStyler().setYAxisMin(0.0);
        }
        for (Plot.Series one : plot.series()) {
            Color next = COLOURS.get(one.colour() % COLOURS.size());
            if (one.points().isEmpty()) {
                continue;
            }
            XYSeries drawn = chart.addSeries(
                    one.name(),
                    one.points().stream().mapToDouble(Plot.Point::x).toArray(),
                    one.points().stream().mapToDouble(Plot.Point::y).toArray());
            drawn.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(next).setLineColor(next);
            drawn.setLineStyle(
                    one.line() == Plot.Line.SOLID
                            ? new BasicStroke(LINE)
                            : new BasicStroke(LINE, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, DASHES, 0f));
        }
        save(chart, directory, plot.name());
    }

    /** Writes both files into a directory that exists. */
    public static void write(BarPlot plot, Path directory) throws IOException {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(plot.title())
                .yAxisTitle(plot.yTitle())
                .build();
        style(chart.getStyler());
        chart.getStyler().setYAxisLogarithmic(plot.log());
        if (plot.log()) { // bars stand on zero unless something else is said
            chart.getStyler().setYAxisMin(plot.floor());
            chart.getStyler().setYAxisDecimalPattern("#,###.###");
        }
        chart.getStyler().setLabelsVisible(true);
        int colour = 0;
        for (BarPlot.Series one : plot.series()) {
            chart.addSeries(one.name(), plot.categories(), one.values())
                    .setFillColor(COLOURS.get(colour++ % COLOURS.size()));
        }
        save(chart, directory, plot.name());
    }

    private static void style(AxesChartStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setLegendPosition(LegendPosition.OutsideS);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setBaseFont(new Font(Font.SANS_SERIF, Font.PLAIN, FONT_SIZE));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, FONT_SIZE - 2));
        styler.setPlotGridLinesColor(new Color(0xDDDDDD));
    }

    private static void save(Chart<?, ?> chart, Path directory, String name) throws IOException {
        try (OutputStream svg = Files.newOutputStream(directory.resolve(name + ".svg"))) {
            VectorGraphicsEncoder.saveVectorGraphic(chart, svg, VectorGraphicsFormat.SVG);
        }
        try (OutputStream png = Files.newOutputStream(directory.resolve(name + ".png"))) {
            BitmapEncoder.saveBitmap(chart, png, BitmapFormat.PNG);
        }
    }
}
