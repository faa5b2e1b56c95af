package io.braid.controller;

import java.util.Objects;
import org.apache.kafka.common.Uuid;

/**
 * Names a command for exactly-once application. A client numbers its commands 0, 1, 2 ... and sends each again under
 * the same number until it is answered.
 *
 * @param client at random, one for each run of a process
 * @param sequence of the command
 * @param answeredBelow every lower sequence has been answered, so that its result may be forgotten
 */
public record RequestId(Uuid client, long sequence, long answeredBelow) {
    public RequestId {
        Objects.requireNonNull(client);
        if (answeredBelow < 0 || sequence < answeredBelow) {
            throw new IllegalArgumentException("sequence=" + sequence + " answeredBelow=" + answeredBelow);
        }
    }
}
