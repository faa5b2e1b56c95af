package io.braid.perf.routing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When brokers applied new leaders, from their logs, which say it to the ms: {@code time=... event=shard_role shard=5 role=leader
 * leader=2 epoch=7 ...}. Stateless.
 */
final class RoleLog {
    private static final Pattern LINE =
            Pattern.compile("^time=(\\S+) .*event=shard_role shard=(\\d+) role=\\w+ leader=(-?\\d+) epoch=(\\d+) .*");

    private RoleLog() {}

    /** A shard at a leader epoch. */
    private record Epoch(int shard, int leaderEpoch) implements Comparable<Epoch> {
        @Override
        public int compareTo(Epoch other) {
            int byShard = Integer.compare(shard, other.shard);
            return byShard != 0 ? byShard : Integer.compare(leaderEpoch, other.leaderEpoch);
        }
    }

    /** A shard's new leader, as the first broker that applied it says. */
    record Role(int shard, int leaderEpoch, int leader, long appliedMs) {}

    /** All in the logs, in order of shards and epochs, without those that leave a shard without a leader. */
    static Collection<Role> read(List<Path> logs) throws IOException {
        Map<Epoch, Role> first = new TreeMap<>();
        for (Path log : logs) {
            for (String line : Files.readAllLines(log)) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches() && Integer.parseInt(matcher.group(3)) >= 0) {
                    Role role = new Role(
                            Integer.parseInt(matcher.group(2)),
                            Integer.parseInt(matcher.group(4)),
                            Integer.parseInt(matcher.group(3)),
                            OffsetDateTime.parse(matcher.group(1)).toInstant().toEpochMilli());
                    first.merge(
                            new Epoch(role.shard(), role.leaderEpoch()),
                            role,
                            (known, other) -> other.appliedMs() < known.appliedMs() ? other : known);
                }
            }
        }
        return first.values();
    }
}
