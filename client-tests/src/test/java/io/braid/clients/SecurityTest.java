package io.braid.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.braid.client.ClientConfig;
import io.braid.client.consumer.Consumer;
import io.braid.client.consumer.ConsumerBuilder;
import io.braid.client.consumer.Deserializer;
import io.braid.client.consumer.OffsetReset;
import io.braid.client.network.SaslLogin;
import io.braid.client.producer.Producer;
import io.braid.client.producer.ProducerBuilder;
import io.braid.client.producer.ProducerRecord;
import io.braid.client.producer.Serializer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients over TLS that log in by SASL/PLAIN, at Apache Kafka 4.3.1: brokers of Braid have neither for clients. */
@Tag("long")
@SuppressWarnings("FutureReturnValueIgnored") // what is read shows what was sent
class SecurityTest {
    private static final String PASSWORD = "password";
    private static final SaslLogin ALICE = SaslLogin.plain("alice", "secret");

    @TempDir
    static Path directory;

    private static KafkaServer server;
    private static SslContext trusting;

    @BeforeAll
    static void start() throws Exception {
        Path store = keyStore("server", "san=ip:127.0.0.1");
        trusting = contextThatTrusts(store);
        server = KafkaServer.start(
                directory,
                "offsets.topic.num.partitions=1",
                "group.initial.rebalance.delay.ms=0",
                "listeners=SECURE://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d",
                "advertised.listeners=SECURE://127.0.0.1:%1$d",
                "listener.security.protocol.map=CONTROLLER:PLAINTEXT,SECURE:SASL_SSL",
                "inter.broker.listener.name=SECURE",
                "sasl.mechanism.inter.broker.protocol=PLAIN",
                "sasl.enabled.mechanisms=PLAIN",
                "listener.name.secure.plain.sasl.jaas.config="
                        + "org.apache.kafka.common.security.plain.PlainLoginModule required"
                        + " username=\"broker\" password=\"b\" user_broker=\"b\" user_alice=\"secret\";",
                "ssl.keystore.type=PKCS12",
                "ssl.keystore.location=" + store,
                "ssl.keystore.password=" + PASSWORD,
                "ssl.key.password=" + PASSWORD,
                "ssl.truststore.type=PEM",
                "ssl.truststore.location=" + pem(store));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A key and its certificate, made by the JDK's keytool. */
    private static Path keyStore(String name, String extension) throws Exception {
        Path store = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "k",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        extension,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        return store;
    }

    private static X509Certificate certificate(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return (X509Certificate) keys.getCertificate("k");
    }

    /** The certificate for the broker itself, which checks that its settings would trust each other. */
    private static Path pem(Path store) throws Exception {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(certificate(store).getEncoded());
        return Files.writeString(
                directory.resolve("trusted.pem"),
                "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    }

    private static SslContext contextThatTrusts(Path store) throws Exception {
        return SslContextBuilder.forClient().trustManager(certificate(store)).build();
    }

    private static ProducerBuilder<String, String> producer(
            java.util.function.Consumer<ClientConfig.Builder> security) {
        return Producer.builder(server.bootstrap(), Serializer.string(), Serializer.string())
                .client(security);
    }

    private static ConsumerBuilder<String, String> consumer(
            java.util.function.Consumer<ClientConfig.Builder> security) {
        return Consumer.builder(server.bootstrap(), Deserializer.string(), Deserializer.string())
                .client(security)
                .offsetReset(OffsetReset.earliest());
    }

    private static Throwable failureOf(Producer<String, String> producer) {
        return producer.send(new ProducerRecord<>("refused", "k", "v"))
                .handle((metadata, failure) -> failure)
                .join();
    }

    @Test
    void producesAndConsumesInAGroup() throws Exception {
        List<String> values =
                IntStream.range(0, 2000).mapToObj(i -> "value-" + i).toList();
        try (Producer<String, String> producer =
                producer(c -> c.tls(trusting, true).sasl(ALICE)).build()) {
            values.forEach(value -> producer.send(new ProducerRecord<>("secured", "k", value)));
            producer.flush();
        }
        List<String> read = new ArrayList<>();
        try (Consumer<String, String> consumer = consumer(
                        c -> c.tls(trusting, true).sasl(ALICE))
                .group("secured-readers")
                .build()) {
            consumer.subscribe(List.of("secured"));
            long startNs = System.nanoTime();
            while (read.size() < values.size() && System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(60)) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
            }
            consumer.commit();
        }
        assertThat(read).isEqualTo(values);
    }

    @Test
    void aWrongPasswordIsToldAtOnce() {
        SaslLogin wrong = SaslLogin.plain("alice", "wrong");
        try (Producer<String, String> producer =
                producer(c -> c.tls(trusting, true).sasl(wrong)).build()) {
            assertThat(failureOf(producer)).isInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void aServerThatIsNotTrustedIsNotSpokenTo() throws Exception {
        SslContext other = contextThatTrusts(keyStore("other", "san=ip:127.0.0.1"));
        try (Producer<String, String> producer = producer(
                        c -> c.tls(other, true).sasl(ALICE))
                .maxBlock(Duration.ofSeconds(1))
                .build()) {
            assertThat(failureOf(producer)).isInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void aServerOfAnotherNameIsSpokenToOnlyWithoutCheckingNames() throws Exception {
        try (Producer<String, String> producer =
                producer(c -> c.tls(trusting, true).sasl(ALICE)).build()) {
            producer.send(new ProducerRecord<>("named", "k", "v")).get(30, TimeUnit.SECONDS);
        }
        String byName = server.bootstrap().replace("127.0.0.1", "localhost");
        for (boolean verifies : new boolean[] {true, false}) {
            try (Consumer<String, String> consumer = Consumer.builder(
                            byName, Deserializer.string(), Deserializer.string())
                    .client(c -> c.tls(trusting, verifies).sasl(ALICE))
                    .apiTimeout(Duration.ofSeconds(verifies ? 1 : 30))
                    .build()) {
                if (verifies) {
                    assertThatThrownBy(() -> consumer.partitionCount("named")).isInstanceOf(TimeoutException.class);
                } else {
                    assertThat(consumer.partitionCount("named")).isEqualTo(1);
                }
            }
        }
    }
}
