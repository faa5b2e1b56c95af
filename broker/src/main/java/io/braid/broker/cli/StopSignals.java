package io.braid.broker.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM, SIGINT and SIGHUP as an event. A shutdown hook would not do: it cannot make the exit code 0, and runs beside
 * the main thread. {@code sun.misc.Signal} is supported (module jdk.unsupported), but a compiler that treats warnings as
 * errors refuses to name it, so it is reached by reflection; on a JVM without it signals do what they do by default.
 */
final class StopSignals {

    private StopSignals() {}

    /** Calls {@code onStop} at the first signal, on a thread of the JVM; the second ends the process at once. */
    static void onStop(Runnable onStop) {
        AtomicBoolean stopping = new AtomicBoolean();
        for (String signal : new String[] {"TERM", "INT", "HUP"}) {
            handle(signal, () -> {
                if (stopping.compareAndSet(false, true)) {
                    onStop.run();
                } else {
                    Runtime.getRuntime().halt(ExitCode.FAILED);
                }
            });
        }
    }

    private static void handle(String name, Runnable action) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    StopSignals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            Object signal = signalType.getConstructor(String.class).newInstance(name);
            signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            if (!(e instanceof InvocationTargetException) && !(e instanceof ClassNotFoundException)) {
                throw new IllegalStateException("cannot handle signal " + name, e);
            }
        }
    }
}
