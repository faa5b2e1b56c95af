import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** 1,000 records a codec through kafka-clients: java -cp 'LIB/*' RoundTrip.java HOST:PORT */
public final class RoundTrip {
    public static void main(String[] args) throws Exception {
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            roundTrip(args[0], codec);
        }
        System.exit(0);
    }

    private static void roundTrip(String bootstrap, String codec) throws Exception {
        String topic = "rt-java-" + codec + "-" + Long.toString(System.nanoTime(), 36);
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("enable.idempotence", "true");
        p.put("compression.type", codec);
        p.put("linger.ms", "5");
        for (String of : List.of("key", "value")) {
            p.put(of + ".serializer", "org.apache.kafka.common.serialization.StringSerializer");
            p.put(of + ".deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        }
        try (Admin admin = Admin.create(p)) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(3), Optional.empty()))).all().get(20, TimeUnit.SECONDS);
        }
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(p)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, i % 3, "k" + i, "value " + i)));
            }
            for (int i = 0; i < 1000; i++) {
                check(sent.get(i).get(30, TimeUnit.SECONDS).offset() == i / 3, "offset of record " + i);
            }
        }
        Map<Integer, List<String>> got = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(p)) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                partitions.add(new TopicPartition(topic, i));
                got.put(i, new ArrayList<>());
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            int count = 0;
            long end = System.nanoTime() + 30_000_000_000L;
            while (count < 1000 && System.nanoTime() < end) {
                for (ConsumerRecord<String, String> r : consumer.poll(Duration.ofMillis(500))) {
                    got.get(r.partition()).add(r.offset() + " " + r.key() + " " + r.value());
                    count++;
                }
            }
        }
        for (int partition = 0; partition < 3; partition++) {
            List<String> want = new ArrayList<>();
            for (int i = partition; i < 1000; i += 3) {
                want.add(want.size() + " k" + i + " value " + i);
            }
            check(got.get(partition).equals(want), codec + ", partition " + partition + ": " + got.get(partition).size() + " records");
        }
    }

    private static void check(boolean ok, String what) {
        if (!ok) {
            throw new AssertionError(what);
        }
    }
}
