package io.braid.controller;

import io.braid.image.HashTrie;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * Which commands were applied, and with what result, so that a command sent twice is applied once (client sessions,
 * Ongaro's dissertation 6.3). Immutable. Bounded: a client says which results it has, may have at most
 * {@link Limits#MAX_UNANSWERED} others, and of all clients those heard of last are kept.
 */
final class RequestTable {
    static final RequestTable EMPTY = new RequestTable(HashTrie.empty(new ByClient()));

    private final HashTrie<Uuid, Client> clients;

    private RequestTable(HashTrie<Uuid, Client> clients) {
        this.clients = clients;
    }

    /**
     * What is kept of one client.
     *
     * @param answeredBelow a command below it is never applied again
     * @param lastIndex of its newest applied command
     * @param answers by sequence, ascending, all at or above {@code answeredBelow}
     */
    record Client(Uuid id, long answeredBelow, long lastIndex, List<Answer> answers) {
        Client {
            answers = List.copyOf(answers);
        }
    }

    record Answer(long sequence, CommandResult result) {}

    /** What to answer without applying the command, because it was applied before or must not be. */
    Optional<CommandResult> answer(RequestId id) {
        if (id.sequence() - id.answeredBelow() >= Limits.MAX_UNANSWERED) {
            return Optional.of(CommandResult.failed(
                    Errors.INVALID_REQUEST, "a client may have " + Limits.MAX_UNANSWERED + " unanswered commands"));
        }
        Client client = clients.get(id.client());
        if (client == null) {
            return Optional.empty();
        }
        if (id.sequence() < client.answeredBelow()) {
            return Optional.of(CommandResult.failed(
                    Errors.INVALID_REQUEST, "the client has given this command up or has its result"));
        }
        return client.answers().stream()
                .filter(answer -> answer.sequence() == id.sequence())
                .map(Answer::result)
                .findFirst();
    }

    /** The table after a command was applied. */
    RequestTable with(RequestId id, CommandResult result, long index) {
        Client before = clients.get(id.client());
        long answeredBelow = Math.max(id.answeredBelow(), before == null ? 0 : before.answeredBelow());
        TreeMap<Long, Answer> answers = new TreeMap<>();
        if (before != null) {
            before.answers().forEach(answer -> answers.put(answer.sequence(), answer));
        }
        answers.put(id.sequence(), new Answer(id.sequence(), result));
        List<Answer> kept = List.copyOf(answers.tailMap(answeredBelow).values());
        return with(new Client(id.client(), answeredBelow, index, kept));
    }

    RequestTable with(Client client) {
        HashTrie.Edit<Uuid, Client> edit = clients.edit();
        edit.put(client);
        if (edit.size() > Limits.MAX_CLIENTS) {
            forgetOldest(edit);
        }
        return new RequestTable(edit.done());
    }

    /** The table without a client that will never be heard of again. */
    RequestTable without(Uuid client) {
        Client gone = clients.get(client);
        if (gone == null) {
            return this;
        }
        HashTrie.Edit<Uuid, Client> edit = clients.edit();
        edit.remove(gone);
        return new RequestTable(edit.done());
    }

    /** Half of them at once, so that the search for the oldest is rare. */
    private void forgetOldest(HashTrie.Edit<Uuid, Client> edit) {
        List<Client> all = new ArrayList<>();
        clients.forEach(all::add);
        all.sort(Comparator.comparingLong(Client::lastIndex));
        all.subList(0, all.size() / 2).forEach(edit::remove);
    }

    int size() {
        return clients.size();
    }

    void forEach(Consumer<Client> action) {
        clients.forEach(action);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof RequestTable that) || size() != that.size()) {
            return false;
        }
        boolean[] differs = new boolean[1];
        clients.difference(that.clients, (a, b) -> differs[0] = true);
        return !differs[0];
    }

    @Override
    public int hashCode() {
        return size();
    }

    private static final class ByClient implements HashTrie.Keys<Uuid, Client> {
        @Override
        public int hash(Uuid key) {
            return key.hashCode() * 0x9E3779B9;
        }

        @Override
        public int hashOf(Client element) {
            return hash(element.id());
        }

        @Override
        public boolean matches(Client element, Uuid key) {
            return element.id().equals(key);
        }

        @Override
        public boolean sameKey(Client a, Client b) {
            return a.id().equals(b.id());
        }
    }
}
