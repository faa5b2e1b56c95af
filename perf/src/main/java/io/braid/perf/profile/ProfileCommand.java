package io.braid.perf.profile;

import io.braid.perf.measure.ResultLine;
import io.braid.perf.nodes.Directories;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid perf profile}. Exit code 1 when the process cannot be recorded. */
@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        description = {
            "What a node that runs does: hottest methods, stacks by thread, allocation sites, waits for locks,"
                    + " collections.",
            "It records for a while by the JVM's flight recorder, which costs the node some percent; no restart, no"
                    + " agent. Tables go to standard error, a JSON line to standard output."
        })
public final class ProfileCommand implements Callable<Integer> {
    @Option(names = "--pid", paramLabel = "PID", description = "The node's process; of any JVM, in fact.")
    private Optional<Long> pid = Optional.empty();

    @Option(
            names = "--node",
            paramLabel = "PORT",
            description = "Instead: a port of this machine at which the node listens (Linux).")
    private Optional<Integer> port = Optional.empty();

    @Option(names = "--seconds", defaultValue = "30", description = "Recorded (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--top", defaultValue = "15", description = "Lines of a table (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--out", paramLabel = "FILE", description = "Keeps the recording, for JDK Mission Control.")
    private Optional<Path> out = Optional.empty();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (pid.isPresent() == port.isPresent()) {
            throw new ParameterException(spec.commandLine(), "give --pid or --node");
        }
        if (seconds < 1 || top < 1) {
            throw new ParameterException(spec.commandLine(), "--seconds and --top are at least 1");
        }
        PrintWriter err = spec.commandLine().getErr();
        try {
            profile(process(), err);
            return 0;
        } catch (IOException e) {
            err.println("profile: " + e.getMessage());
            return 1;
        }
    }

    private long process() throws IOException {
        if (pid.isPresent()) {
            return pid.get();
        }
        int at = port.orElseThrow();
        return Listening.pid(at)
                .orElseThrow(() -> new IOException("no process of this user listens at port " + at + " here"));
    }

    private void profile(long process, PrintWriter err) throws IOException, InterruptedException {
        Jcmd jcmd = Jcmd.of(process);
        Path directory = Files.createTempDirectory("braid-profile-");
        try {
            Path file = directory.resolve("profile.jfr");
            double took = record(jcmd, directory, file, err);
            Profile profile = Recording.read(file);
            if (out.isPresent()) {
                Files.copy(file, out.get());
            }
            ProfileText.print(profile, took, top, err);
            ResultLine line = new ResultLine("profile").put("pid", process).put("seconds", took);
            ProfileText.put(profile, took, top, line).print(spec.commandLine().getOut());
        } finally {
            Directories.remove(directory);
        }
    }

    /** Returns how many seconds were recorded. */
    private double record(Jcmd jcmd, Path directory, Path file, PrintWriter err)
            throws IOException, InterruptedException {
        Recording.begin(jcmd, directory);
        boolean ended = false;
        try {
            long beganNs = System.nanoTime();
            err.println("profile: recording for " + seconds + " s");
            err.flush();
            TimeUnit.SECONDS.sleep(seconds);
            double took = (System.nanoTime() - beganNs) / 1e9;
            Recording.end(jcmd, file);
            ended = true;
            return took;
        } finally {
            if (!ended) {
                Recording.drop(jcmd);
            }
        }
    }
}
