import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.tools.consumer.group.ConsumerGroupCommand;

/**
 * Apache Kafka's kafka-consumer-groups, every action of it, against a broker and live members of both protocols:
 * java -cp 'LIB/*' GroupsTool.java HOST:PORT
 */
public final class GroupsTool {
    private static final int PARTITIONS = 3;
    private static final long HOUR_MS = 3_600_000;

    private final String bootstrap;
    private final String run = Long.toString(System.nanoTime(), 36);
    private final String topic = "gt-" + run;
    /** Ten records a partition: offsets 0-4 are two hours old, 5-9 ten minutes. */
    private final long nowMs = System.currentTimeMillis();

    private GroupsTool(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    public static void main(String[] args) throws Exception {
        Exit.setExitProcedure((status, message) -> {
            throw new IllegalStateException("exit " + status + " " + message);
        });
        GroupsTool tool = new GroupsTool(args[0]);
        tool.fill();
        tool.group("gt-classic-" + tool.run, "classic", "Classic");
        tool.group("gt-consumer-" + tool.run, "consumer", "Consumer");
        System.out.println("ok: every action of kafka-consumer-groups");
        Exit.resetExitProcedure();
        System.exit(0);
    }

    private void group(String group, String protocol, String type) throws Exception {
        try (KafkaConsumer<String, String> member = member(group, protocol)) {
            Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
            member.assignment().forEach(partition -> commits.put(partition, new OffsetAndMetadata(4)));
            member.commitSync(commits);
            live(group, type, member);
        }
        // A member of either protocol leaves as it is closed.
        await(() -> has(tool("--list", "--state", "Empty"), group), "the group is empty: " + tool("--list", "--state"));
        resets(group);
        deletions(group);
    }

    /** What lists and descriptions say of a group with a member. */
    private void live(String group, String type, KafkaConsumer<String, String> member) {
        check(has(tool("--list"), group), "--list");
        List<String> listed = line(tool("--list", "--state", "--type"), group);
        check(listed.contains(type) && listed.contains("Stable"), "--list --state --type: " + listed);
        check(has(tool("--list", "--state", "stable"), group), "--list --state stable");
        check(!has(tool("--list", "--state", "dead,empty"), group), "--list --state dead,empty");
        check(has(tool("--list", "--type", type.toLowerCase()), group), "--list --type");
        String other = type.equals("Classic") ? "consumer" : "classic";
        check(!has(tool("--list", "--type", other), group), "--list --type " + other);

        String described = tool("--describe", "--group", group);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<String> row = row(described, partition);
            check(row.subList(3, 6).equals(List.of("4", "10", "6")), "offsets and lag: " + row);
            check(row.get(6).equals(member.groupMetadata().memberId()), "the member: " + row);
        }
        check(row(tool("--describe", "--group", group, "--offsets", "--verbose"), 0).contains("6"), "--offsets --verbose");
        List<String> members = line(tool("--describe", "--group", group, "--members"), group);
        check(members.contains("3") && members.contains(member.groupMetadata().memberId()), "--members: " + members);
        String verbose = tool("--describe", "--group", group, "--members", "--verbose");
        check(verbose.contains(topic + ":0,1,2") || verbose.contains(topic + "(0,1,2)"), "--members --verbose: " + verbose);
        List<String> state = line(tool("--describe", "--group", group, "--state"), group);
        check(state.contains("Stable") && state.contains("1"), "--state: " + state);
        check(has(tool("--describe", "--group", group, "--state", "--verbose"), group), "--state --verbose");
        check(has(tool("--describe", "--all-groups"), group), "--describe --all-groups");

        String refused = tool(with(group, "--to-earliest", "--all-topics", "--execute"));
        check(refused.contains("inactive"), "a reset while a member lives is refused: " + refused);
        check(tool("--delete", "--group", group).contains("GroupNotEmptyException"), "a group with a member is not deleted");
        String notNow = tool("--delete-offsets", "--group", group, "--topic", topic);
        check(notNow.contains("subscribed"), "offsets in use are not deleted: " + notNow);
    }

    private void resets(String group) throws Exception {
        reset(group, 0, "--to-earliest", "--all-topics");
        reset(group, 10, "--to-latest", "--topic", topic);
        reset(group, 3, "--to-offset", "3", "--topic", topic);
        reset(group, 5, "--shift-by", "2", "--topic", topic + ":0,1,2");
        reset(group, 1, "--shift-by", "-4", "--topic", topic);
        reset(group, 10, "--shift-by", "100", "--topic", topic);
        reset(group, 0, "--shift-by", "-100", "--topic", topic);
        reset(group, 5, "--by-duration", "PT1H", "--topic", topic);
        reset(group, 0, "--by-duration", "P1D", "--topic", topic);
        reset(group, 10, "--by-duration", "PT1M", "--topic", topic);
        String past = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS")
                .format(LocalDateTime.ofInstant(Instant.ofEpochMilli(nowMs - HOUR_MS), ZoneId.systemDefault()));
        reset(group, 5, "--to-datetime", past, "--topic", topic);
        reset(group, 5, "--to-current", "--topic", topic);
        // One partition only: the others stay.
        tool(with(group, "--to-offset", "7", "--topic", topic + ":1", "--execute"));
        check(committed(group).equals(Map.of(0, "5", 1, "7", 2, "5")), "a reset of one partition: " + committed(group));
        // A plan made with --export is what --from-file carries out.
        String plan = tool(with(group, "--to-offset", "2", "--topic", topic, "--export", "--dry-run"));
        Path file = Files.createTempFile("offsets", ".csv");
        List<String> rows = plan.lines().filter(row -> row.contains(topic)).toList();
        check(rows.size() == PARTITIONS, "--export: " + plan);
        Files.write(file, rows);
        reset(group, 2, "--from-file", file.toString());
        Files.delete(file);
    }

    private void deletions(String group) {
        String deleted = tool("--delete-offsets", "--group", group, "--topic", topic + ":0");
        check(deleted.contains("Successful"), "--delete-offsets: " + deleted);
        check(committed(group).equals(Map.of(1, "2", 2, "2")), "one offset is gone: " + committed(group));
        tool("--delete-offsets", "--group", group, "--topic", topic);
        check(committed(group).isEmpty(), "all offsets are gone: " + committed(group));
        // A group lives on as long as it has members or offsets, as in Kafka.
        tool(with(group, "--to-earliest", "--topic", topic, "--execute"));
        String gone = tool("--delete", "--group", group);
        check(gone.contains("was successful"), "--delete: " + gone);
        check(!has(tool("--list"), group), "a deleted group is not listed");
        check(tool("--delete", "--group", group).contains("GroupIdNotFoundException"), "a group that is not there is not deleted");
        String missing = tool("--describe", "--group", group);
        check(missing.contains("does not exist") || missing.contains("GroupIdNotFoundException"), "--describe of no group: " + missing);
    }

    /** Plans a reset and then carries it out: every partition is at an offset afterwards. */
    private void reset(String group, long offset, String... how) {
        Map<Integer, String> before = committed(group);
        String planned = tool(with(group, add(how, "--dry-run")));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<String> row = row(planned, partition);
            check(row.get(3).equals(Long.toString(offset)), Arrays.toString(how) + " planned " + row);
        }
        check(committed(group).equals(before), "a dry run changes nothing");
        tool(with(group, add(how, "--execute")));
        for (String now : committed(group).values()) {
            check(now.equals(Long.toString(offset)), Arrays.toString(how) + " led to " + committed(group));
        }
        check(committed(group).size() == PARTITIONS, Arrays.toString(how) + " set every partition");
    }

    // ---- the broker's contents

    private void fill() throws Exception {
        try (Admin admin = Admin.create(properties())) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties())) {
            for (int i = 0; i < 10; i++) {
                long timeMs = i < 5 ? nowMs - 2 * HOUR_MS : nowMs - HOUR_MS / 6;
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    producer.send(new ProducerRecord<>(topic, partition, timeMs, "k" + i, "v"));
                }
                producer.flush(); // each record in a batch of its own
            }
        }
    }

    /** A member that has all partitions. */
    private KafkaConsumer<String, String> member(String group, String protocol) {
        Properties p = properties();
        p.put("group.id", group);
        p.put("group.protocol", protocol);
        p.put("enable.auto.commit", "false");
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(p);
        consumer.subscribe(List.of(topic));
        await(
                () -> {
                    consumer.poll(Duration.ofMillis(100));
                    return consumer.assignment().size() == PARTITIONS;
                },
                "the member of " + group + " has all partitions");
        return consumer;
    }

    private Properties properties() {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        for (String of : List.of("key", "value")) {
            p.put(of + ".serializer", "org.apache.kafka.common.serialization.StringSerializer");
            p.put(of + ".deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        }
        return p;
    }

    // ---- the tool

    /** Runs the tool in this process: what it printed, or the error that it ended with. */
    private String tool(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", bootstrap));
        all.addAll(List.of(arguments));
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream into = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(into);
        System.setErr(into);
        try {
            ConsumerGroupCommand.main(all.toArray(String[]::new));
        } catch (IllegalStateException e) {
            into.println(e.getMessage());
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static String[] with(String group, String... how) {
        List<String> all = new ArrayList<>(List.of("--reset-offsets", "--group", group));
        all.addAll(List.of(how));
        return all.toArray(String[]::new);
    }

    private static String[] add(String[] to, String more) {
        String[] all = Arrays.copyOf(to, to.length + 1);
        all[to.length] = more;
        return all;
    }

    private static boolean has(String output, String group) {
        return output.lines().anyMatch(line -> Arrays.asList(line.trim().split("\\s+")).contains(group));
    }

    private static List<String> line(String output, String group) {
        return output.lines()
                .map(line -> Arrays.asList(line.trim().split("\\s+")))
                .filter(words -> words.contains(group))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing of " + group + " in: " + output));
    }

    /** The row of a partition: group, topic, partition, then what the table says. */
    private List<String> row(String output, int partition) {
        return output.lines()
                .map(line -> Arrays.asList(line.trim().split("\\s+")))
                .filter(words -> words.size() > 3
                        && words.get(1).equals(topic)
                        && words.get(2).equals(Integer.toString(partition)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no partition " + partition + " in: " + output));
    }

    /** Committed offsets as --describe shows them. */
    private Map<Integer, String> committed(String group) {
        Map<Integer, String> offsets = new TreeMap<>();
        tool("--describe", "--group", group).lines()
                .map(line -> Arrays.asList(line.trim().split("\\s+")))
                .filter(words -> words.size() > 4 && words.get(1).equals(topic) && !words.get(3).equals("-"))
                .forEach(words -> offsets.put(Integer.valueOf(words.get(2)), words.get(3)));
        return offsets;
    }

    private static void await(java.util.function.BooleanSupplier condition, String what) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            check(System.nanoTime() < end, what);
        }
    }

    private static void check(boolean ok, String what) {
        if (!ok) {
            throw new AssertionError(what);
        }
    }
}
