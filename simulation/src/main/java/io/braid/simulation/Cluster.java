package io.braid.simulation;

import io.braid.controller.Command;
import io.braid.controller.MetadataVersion;
import io.braid.controller.NewTopic;
import io.braid.controller.PoolPolicy;
import io.braid.image.BrokerImage;
import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/** All machines and processes of a run, and what starts and stops them. */
final class Cluster {
    static final String TOPIC = "orders";
    private static final long TOPIC_RETRY_MS = 300;

    final Settings settings;
    final Timeline timeline = new Timeline();
    final Chance chance;
    final Trace trace;
    final Tally tally = new Tally();
    final Network network;
    final QuorumModel quorum;
    final Oracle oracle;
    final Bugs bugs;
    private final Machine[] machines;
    private final SimBroker[] brokers;
    private final Map<Long, Long> connections = new HashMap<>();
    private final Uuid topicId;
    private long instances;
    private boolean mended;
    private boolean draining;
    private boolean quiet;
    private final List<SimClient> clients = new ArrayList<>();

    /** @param trace gets a line for each thing of interest, or null */
    Cluster(long seed, Bug bug, Consumer<String> trace) {
        this(new Chance(seed), null, bug, trace);
    }

    Cluster(long seed, Settings settings, Bug bug, Consumer<String> trace) {
        this(new Chance(seed), settings, bug, trace);
    }

    private Cluster(Chance chance, Settings given, Bug bug, Consumer<String> trace) {
        this.chance = chance;
        this.settings = given == null ? Settings.draw(chance) : given;
        this.trace = new Trace(timeline, trace);
        int count = settings.machines();
        this.network = new Network(timeline, chance.split(), count);
        this.oracle = new Oracle(this);
        this.bugs = new Bugs(bug);
        this.quorum = new QuorumModel(timeline, network, chance.split(), this.trace, settings.controllers());
        this.machines = new Machine[count];
        for (int i = 0; i < count; i++) {
            double drift = 1 + chance.between(-20, 20) / 1000.0;
            machines[i] = new Machine(
                    i, new SimClock(timeline, chance.between(0, 1_000_000_000_000L), drift), chance.split());
        }
        this.brokers = new SimBroker[count];
        this.topicId = chance.uuid();
    }

    void start() {
        trace.log("%s", settings);
        quorum.start();
        for (int i = 0; i < settings.controllers(); i++) {
            startController(i);
        }
        for (int id : brokerIds()) {
            startBroker(id);
        }
        for (int i = 0; i < settings.clients(); i++) {
            SimClient client = new SimClient(this, settings.firstClient() + i, i);
            clients.add(client);
            client.start();
        }
    }

    List<SimClient> clients() {
        return clients;
    }

    // ---- what there is

    SimClock clock(int machine) {
        return machines[machine].clock;
    }

    Machine machine(int number) {
        return machines[number];
    }

    ControllerDisk controllerDisk(int id) {
        return machines[id].controllerDisk;
    }

    List<Integer> brokerIds() {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < settings.brokers(); i++) {
            ids.add(settings.firstBroker() + i);
        }
        return ids;
    }

    boolean isBroker(int machine) {
        return machine >= settings.firstBroker() && machine < settings.firstBroker() + settings.brokers();
    }

    boolean isController(int machine) {
        return machine < settings.controllers();
    }

    /** The process that runs as a broker; null when none does. */
    SimBroker broker(int id) {
        SimBroker broker = brokers[id];
        return broker != null && broker.alive() ? broker : null;
    }

    Uuid topicId() {
        return topicId;
    }

    long nextInstance() {
        return instances++;
    }

    /** Number of the connection between two processes. */
    long connection(SimBroker broker, SimController controller) {
        return connections.computeIfAbsent(
                broker.instance() << 32 | controller.instance(), key -> (long) connections.size());
    }

    // ---- life and death

    /** From now on nothing breaks any more. */
    void mend() {
        mended = true;
    }

    boolean mended() {
        return mended;
    }

    void startController(int id) {
        if (quorum.controller(id) == null) {
            trace.log("controller %d starts", id);
            new SimController(this, id, controllerDisk(id));
        }
    }

    void startBroker(int id) {
        if (broker(id) == null) {
            brokers[id] = new SimBroker(this, machines[id]);
            trace.log("broker %d starts", id);
            brokers[id].start();
        }
    }

    void killController(int id) {
        SimController controller = quorum.controller(id);
        if (controller != null) {
            trace.log("controller %d is killed", id);
            controller.kill();
        }
    }

    /** The process dies; its machine lives on, so its connections are closed and its page cache stays. */
    void killBroker(int id) {
        SimBroker broker = broker(id);
        if (broker == null) {
            return;
        }
        trace.log("broker %d is killed", id);
        broker.kill();
        for (int i = 0; i < settings.controllers(); i++) {
            SimController controller = quorum.controller(i);
            if (controller != null) {
                network.send(
                        id,
                        i,
                        () -> controller.run(() -> controller.connectionClosed(id, connection(broker, controller))));
            }
        }
    }

    /** The machine loses power, with all that runs on it and all that was not forced. */
    void losePower(int machine) {
        losePower(machine, chance);
    }

    /** @param unforced decides what survives of what was not forced; null for nothing */
    void losePower(int machine, Chance unforced) {
        trace.log("machine %d loses power", machine);
        SimController controller = isController(machine) ? quorum.controller(machine) : null;
        if (controller != null) {
            controller.kill();
        }
        SimBroker broker = isBroker(machine) ? broker(machine) : null;
        if (broker != null) {
            broker.kill();
        }
        machines[machine].losePower(chance.uuid().toString(), unforced);
    }

    void wipe(int id) {
        killBroker(id);
        trace.log("broker %d is wiped", id);
        machines[id].wipe(chance);
    }

    /** Producers begin nothing new from now on. */
    void drain() {
        draining = true;
    }

    boolean writing() {
        return !draining && !quiet;
    }

    /** Producers have nothing new for a while. */
    void quiet(boolean now) {
        quiet = now;
    }

    // ---- the first commands

    /** A controller leads: it sees to it that there is a cluster, and the topic once all brokers serve. */
    void onLeading(SimController controller) {
        if (controller.image().clusterId().isEmpty()) {
            controller.propose(new Command.CreateCluster("simulated", MetadataVersion.LATEST));
        }
        makeTopic(controller);
    }

    private void makeTopic(SimController controller) {
        ClusterImage image = controller.image();
        if (quorum.leader() != controller || image.topic(TOPIC).isPresent()) {
            return;
        }
        long serving = image.brokers().stream().filter(b -> !b.fenced()).count();
        if (serving == settings.brokers()) {
            NewTopic topic = NewTopic.of(
                    topicId,
                    TOPIC,
                    settings.partitions(),
                    settings.replicationFactor(),
                    Map.of("min.insync.replicas", Integer.toString(settings.minInSync())));
            controller.propose(new Command.CreateTopics(List.of(topic), new PoolPolicy(settings.shards(), 1), false));
        }
        controller.after(TOPIC_RETRY_MS, () -> makeTopic(controller));
    }

    /** Whether all of the cluster is up and has its topic. */
    boolean ready() {
        SimController leader = quorum.leader();
        if (leader == null || leader.image().topic(TOPIC).isEmpty()) {
            return false;
        }
        return leader.image().brokers().stream()
                        .filter(BrokerImage::fenced)
                        .findAny()
                        .isEmpty()
                && leader.image().brokers().size() == settings.brokers();
    }
}
