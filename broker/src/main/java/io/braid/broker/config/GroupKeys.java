package io.braid.broker.config;

import static io.braid.broker.config.ConfigKey.key;
import static io.braid.broker.config.ConfigType.integer;
import static io.braid.broker.config.ConfigType.oneOf;

import java.time.Duration;
import java.time.format.DateTimeParseException;

/** The keys of a group (resource type GROUP of AlterConfigs). */
public final class GroupKeys {

    public static final ConfigTable TABLE = ConfigTable.builder("group")
            .section(
                    "Consumer groups",
                    "",
                    key(
                            "consumer.session.timeout.ms",
                            integer(45000, 60000),
                            "45000",
                            "ms",
                            "Silence after which a member of the consumer protocol is taken for dead."),
                    key(
                            "consumer.heartbeat.interval.ms",
                            integer(5000, 15000),
                            "5000",
                            "ms",
                            "Time between the heartbeats of a member."))
            .section(
                    "Share groups",
                    "",
                    key(
                            "share.session.timeout.ms",
                            integer(45000, 60000),
                            "45000",
                            "ms",
                            "Silence after which a member is taken for dead."),
                    key(
                            "share.heartbeat.interval.ms",
                            integer(5000, 15000),
                            "5000",
                            "ms",
                            "Time between the heartbeats of a member."),
                    key(
                            "share.record.lock.duration.ms",
                            integer(1000, 3600000),
                            "30000",
                            "ms",
                            "How long a record stays with the member that acquired it."),
                    key(
                            "share.auto.offset.reset",
                            ConfigType.of(
                                    ConfigType.Wire.STRING,
                                    "latest, earliest or by_duration: and an ISO 8601 duration such as PT1H",
                                    GroupKeys::offsetReset),
                            "latest",
                            "",
                            "Where a new share group starts."),
                    key(
                            "share.isolation.level",
                            oneOf("read_uncommitted", "read_committed"),
                            "read_uncommitted",
                            "",
                            "Whether records of open and aborted transactions are delivered."))
            .section(
                    "Streams groups",
                    "",
                    key(
                            "streams.session.timeout.ms",
                            integer(45000, 60000),
                            "45000",
                            "ms",
                            "Silence after which a member is taken for dead."),
                    key(
                            "streams.heartbeat.interval.ms",
                            integer(5000, 15000),
                            "5000",
                            "ms",
                            "Time between the heartbeats of a member."),
                    key(
                            "streams.num.standby.replicas",
                            integer(0, 2),
                            "0",
                            "",
                            "Standby copies of each stateful task."))
            .build();

    private GroupKeys() {}

    private static String offsetReset(String text) {
        if (text.startsWith("by_duration:")) {
            Duration back;
            try {
                back = Duration.parse(text.substring("by_duration:".length()));
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(e);
            }
            ConfigType.require(!back.isNegative());
        } else {
            ConfigType.require(text.equals("latest") || text.equals("earliest"));
        }
        return text;
    }
}
