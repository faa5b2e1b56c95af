package io.braid.perf.chaos;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid chaos}: breaks a cluster of its own while clients use it, and checks what they saw. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = "Breaks a cluster of real nodes while clients write and read, and checks what they saw.")
public final class ChaosCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "nothing to do yet");
    }
}
