package io.braid.perf.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.braid.perf.measure.JsonLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Records the JVM of the test itself, from outside. */
class ProfileCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new ProfileCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void whatAProcessDoesIsPrinted() throws InterruptedException {
        AtomicBoolean goOn = new AtomicBoolean(true);
        Thread busy = new Thread(() -> spin(goOn), "busy-7");
        busy.start();
        int code;
        try {
            code = run("--pid", Long.toString(ProcessHandle.current().pid()), "--seconds", "2");
        } finally {
            goOn.set(false);
            busy.join();
        }

        assertThat(code).as(err.toString()).isZero();
        Map<String, Object> line = JsonLine.parse(out.toString());
        assertThat(line).containsEntry("workload", "profile");
        assertThat((Long) line.get("samples")).isPositive();
        assertThat(line.get("methods")).asInstanceOf(LIST).isNotEmpty();
        assertThat((Double) line.get("allocatedMbPerS")).isPositive();
        assertThat(line.get("allocations")).asInstanceOf(LIST).anySatisfy(site -> assertThat(site.toString())
                .contains("byte[]")
                .contains("io.braid.perf.profile.ProfileCommandTest.spin"));
        assertThat(err.toString()).contains("busy-N").contains("hottest methods");
    }

    private static void spin(AtomicBoolean goOn) {
        long sum = 0;
        while (goOn.get()) {
            byte[] some = new byte[1024];
            some[(int) (sum & 1023)] = 1;
            sum += some[3] + some.length;
        }
        assertThat(sum).isPositive();
    }

    @Test
    void aProcessThatIsNoneIsSaidInASentence() {
        assertThat(run("--pid", Long.toString(Long.MAX_VALUE / 2), "--seconds", "1"))
                .isOne();
        assertThat(err.toString()).contains("cannot be asked");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void oneOfPidAndNodeIsNeeded() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("--pid", "1", "--node", "9092")).isEqualTo(2);
    }
}
