package io.braid.quorum;

import io.braid.controller.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Prints the figures of docs/decisions/0003-metadata-on-ratis.md: {@code java ... MeasureQuorum DIRECTORY TOPICS}, with an
 * empty directory. Not a test: figures depend on the machine.
 */
final class MeasureQuorum {
    private MeasureQuorum() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int topics = Integer.parseInt(args[1]);
        Files.createDirectories(directory);
        long base = usedHeap();
        long began = System.nanoTime();
        QuorumNode node = QuorumNode.start(QuorumConfig.single(1, "127.0.0.1", 0, directory), MeasureQuorum::fatal);
        say("start returns", began);
        node.ready().get();
        say("start to ready", began);
        long epoch = TestClusters.createWithOneBroker(node);
        say("start to registered and unfenced", began);
        ControllerService service = new ControllerService(node, LivenessConfig.DEFAULT);
        BrokerSession session =
                BrokerSession.start(SessionConfig.of(TestClusters.registration(1)), List.of(service.channel()));
        session.ready().get();
        say("start to session", began);
        session.unfence().get();
        say("start to serving; epoch after " + epoch, began);
        System.out.println("CPU of the process until here "
                + ProcessHandle.current().info().totalCpuDuration().orElseThrow());
        if (topics == 0) {
            System.exit(0);
        }
        long before = usedHeap();
        for (int i = 0; i < 10; i++) {
            long at = System.nanoTime();
            session.submit(TestClusters.topic("million-" + i, 1_000_000)).get();
            say("topic of 1,000,000 partitions", at);
        }
        long at = System.nanoTime();
        for (int i = 0; i < 1_000; i++) {
            session.submit(TestClusters.topics(topics + i, 1, 13)).get();
        }
        say("1,000 topics one by one", at);
        System.out.println("heap of the quorum KB " + (before - base) / 1024);
        Deque<CompletableFuture<CommandResult>> inFlight = new ArrayDeque<>();
        at = System.nanoTime();
        for (int from = 0; from < topics; from += 1_000) {
            inFlight.add(session.submit(TestClusters.topics(from, Math.min(1_000, topics - from), 13)));
            if (inFlight.size() > 4) {
                inFlight.poll().get();
            }
        }
        while (!inFlight.isEmpty()) {
            inFlight.poll().get();
        }
        say(topics + " topics in batches of 1,000", at);
        System.out.println(session.image());
        System.out.printf("heap a topic, all of the process: %.1f bytes%n", (usedHeap() - before) / (double) topics);
        if (args.length > 2) {
            Thread.sleep(Long.parseLong(args[2]));
        }
        at = System.nanoTime();
        session.close();
        service.close();
        node.close();
        say("close", at);
        at = System.nanoTime();
        node = QuorumNode.start(QuorumConfig.single(1, "127.0.0.1", 0, directory), MeasureQuorum::fatal);
        say("restart returns", at);
        node.ready().get();
        say("restart to ready", at);
        System.out.println(node.image());
        node.close();
    }

    private static void fatal(String reason, Throwable cause) {
        System.err.println(reason + " " + cause);
    }

    private static long usedHeap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(50);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void say(String what, long sinceNs) {
        System.out.printf("%-45s %8.1f ms%n", what, (System.nanoTime() - sinceNs) / 1e6);
    }
}
