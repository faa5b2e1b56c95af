package io.braid.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails a test class in which a buffer of Netty was dropped without a release. Every buffer is watched (level paranoid); JUnit
 * finds this extension by META-INF/services, so that no class can forget it.
 */
public final class LeakDetection implements BeforeAllCallback, AfterAllCallback {
    private static final String SENTINEL = "dropped-on-purpose-";
    private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);
    private static int sentinels;

    static {
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                REPORTS.add(event.getFormattedMessage());
            }
        };
        appender.start();
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(appender);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertThat(takeLeaks()).as("buffers that were not released").isEmpty();
    }

    /**
     * What was reported since the last call. Buffers dropped before are found, as those are that this drops itself: a collection
     * queues all that it finds, in no order, so that the second of them comes after all that was there before the first.
     */
    static synchronized List<String> takeLeaks() {
        awaitSentinel();
        awaitSentinel();
        List<String> leaks =
                REPORTS.stream().filter(report -> !report.contains(SENTINEL)).toList();
        REPORTS.clear();
        return leaks;
    }

    private static void awaitSentinel() {
        String mark = SENTINEL + sentinels++ + ".";
        drop(mark);
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (REPORTS.stream().noneMatch(report -> report.contains(mark))) {
            assertThat(System.nanoTime()).as("a leak is found in time").isLessThan(deadlineNs);
            System.gc();
            ByteBufAllocator.DEFAULT.heapBuffer(1).release(); // which is when leaks are reported
        }
    }

    /** In a method of its own, so that nothing on the stack holds it. */
    private static void drop(String mark) {
        ByteBuf dropped = ByteBufAllocator.DEFAULT.heapBuffer(1);
        dropped.touch(mark);
    }
}
