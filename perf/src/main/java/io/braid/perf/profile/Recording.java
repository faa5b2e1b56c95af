package io.braid.perf.profile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** A flight recording: begun and ended in another JVM, read here. Stateless; blocks. */
final class Recording {
    private static final String NAME = "braid-perf-profile";
    private static final String SETTINGS = "profile.jfc";
    /** A thread that waits for its turn, not one that waits for work. */
    private static final String LOCK_CLASS = "java.util.concurrent.locks.Reentrant";

    private Recording() {}

    /** Begins; the settings are written beside the recording, where the process must be able to read them. */
    static void begin(Jcmd jcmd, Path directory) throws IOException, InterruptedException {
        Path settings = directory.resolve(SETTINGS);
        try (InputStream in = Recording.class.getResourceAsStream(SETTINGS)) {
            Files.write(settings, in.readAllBytes());
        }
        String answer = jcmd.run("JFR.start", "name=" + NAME, "settings=" + settings, "disk=true");
        if (!answer.contains("Started recording")) {
            throw new IOException("no flight recording can be begun: " + answer);
        }
    }

    /** Ends it, and has it written to a file. */
    static void end(Jcmd jcmd, Path file) throws IOException, InterruptedException {
        String answer = jcmd.run("JFR.stop", "name=" + NAME, "filename=" + file);
        if (!Files.exists(file)) {
            throw new IOException("the flight recording was not written: " + answer);
        }
    }

    /** Ends it, and drops what it has. */
    static void drop(Jcmd jcmd) throws IOException, InterruptedException {
        jcmd.run("JFR.stop", "name=" + NAME);
    }

    /** Adds up a file. */
    static Profile read(Path file) throws IOException {
        Profile profile = new Profile();
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                add(profile, events.readEvent());
            }
        }
        return profile;
    }

    private static void add(Profile profile, RecordedEvent event) {
        switch (event.getEventType().getName()) {
            case "jdk.ExecutionSample" -> profile.running(thread(event, "sampledThread"), stack(event));
            case "jdk.NativeMethodSample" -> profile.inNative(stack(event));
            case "jdk.ObjectAllocationSample" ->
                profile.allocated(name(event.getClass("objectClass")), event.getLong("weight"), stack(event));
            case "jdk.JavaMonitorEnter" ->
                profile.waitedForLock(
                        name(event.getClass("monitorClass")),
                        event.getDuration().toNanos(),
                        stack(event));
            case "jdk.ThreadPark" -> parked(profile, event);
            case "jdk.GarbageCollection" ->
                profile.collected(
                        event.getString("name"),
                        event.getDuration("sumOfPauses").toNanos());
            case "jdk.GCHeapSummary" -> {
                if (event.getString("when").startsWith("After")) {
                    profile.heapAfterGc(event.getLong("heapUsed"));
                }
            }
            case "jdk.ThreadCPULoad" ->
                profile.threadCpu(thread(event, "eventThread"), event.getFloat("user") + event.getFloat("system"));
            case "jdk.CPULoad" -> profile.processCpu(event.getFloat("jvmUser") + event.getFloat("jvmSystem"));
            default -> {}
        }
    }

    private static void parked(Profile profile, RecordedEvent event) {
        RecordedClass blocker = event.getClass("parkedClass");
        if (blocker != null && blocker.getName().startsWith(LOCK_CLASS)) {
            profile.waitedForLock(name(blocker), event.getDuration().toNanos(), stack(event));
        }
    }

    private static String thread(RecordedEvent event, String field) {
        RecordedThread thread = event.getThread(field);
        if (thread == null) {
            return "?";
        }
        return thread.getJavaName() == null ? thread.getOSName() : thread.getJavaName();
    }

    /** As in source: {@code byte[]}, not {@code [B}. */
    private static String name(RecordedClass type) {
        if (type == null) {
            return "?";
        }
        String name = type.getName();
        int dimensions = name.lastIndexOf('[') + 1;
        if (dimensions == 0) {
            return name;
        }
        String element = name.substring(dimensions);
        String plain =
                switch (element.charAt(0)) {
                    case 'B' -> "byte";
                    case 'C' -> "char";
                    case 'D' -> "double";
                    case 'F' -> "float";
                    case 'I' -> "int";
                    case 'J' -> "long";
                    case 'S' -> "short";
                    case 'Z' -> "boolean";
                    default -> element.substring(1, element.length() - 1);
                };
        return plain + "[]".repeat(dimensions);
    }

    private static Stack stack(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return new Stack(List.of());
        }
        List<String> frames = new ArrayList<>();
        for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            frames.add(frame.getMethod().getType().getName() + "."
                    + frame.getMethod().getName());
        }
        return new Stack(frames);
    }
}
