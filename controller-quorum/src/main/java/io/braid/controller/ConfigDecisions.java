package io.braid.controller;

import io.braid.controller.CommandResult.Item;
import io.braid.image.ClusterImage;
import io.braid.image.Configs;
import io.braid.image.MetadataRecord;
import io.braid.image.TopicImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** Decides changes to configs. What keys and values mean is checked by the broker beforehand. */
final class ConfigDecisions {
    private ConfigDecisions() {}

    static Decision alter(Command.AlterConfigs command, ClusterImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ConfigChange change : command.changes()) {
            String name = change.resourceName();
            if (!seen.add(change.resourceType() + ":" + name)) {
                items.add(failed(name, Errors.INVALID_REQUEST, "the request names the resource more than once"));
                continue;
            }
            boolean ofTopic = change.resourceType() == ClusterImage.TOPIC_RESOURCE;
            Optional<TopicImage> topic = ofTopic ? image.topic(name) : Optional.empty();
            if (ofTopic && topic.isEmpty()) {
                items.add(failed(name, Errors.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + name + "' does not exist."));
                continue;
            }
            Map<String, String> before = image.config(change.resourceType(), name);
            Map<String, String> after = new TreeMap<>(change.replaceAll() ? Map.of() : before);
            Optional<String> problem = applyAll(change.operations(), after);
            if (problem.isPresent()) {
                items.add(failed(name, Errors.INVALID_CONFIG, problem.get()));
                continue;
            }
            if (!after.equals(before)) {
                Configs configs = Configs.of(after);
                records.add(
                        ofTopic
                                ? new MetadataRecord.TopicConfigsChanged(
                                        topic.get().id(), configs)
                                : new MetadataRecord.ConfigsChanged(change.resourceType(), name, configs));
            }
            items.add(Item.done(name, topic.map(TopicImage::id).orElse(Uuid.ZERO_UUID)));
        }
        return new Decision(records, CommandResult.of(items));
    }

    /** Applies the operations; empty, or what is wrong with one of them. */
    private static Optional<String> applyAll(List<ConfigChange.Operation> operations, Map<String, String> configs) {
        Set<String> keys = new HashSet<>();
        for (ConfigChange.Operation operation : operations) {
            String key = operation.key();
            if (!keys.add(key)) {
                return Optional.of("more than one operation on " + key);
            }
            if (key.isEmpty() || operation.value().length() > Limits.MAX_CONFIG_VALUE) {
                return Optional.of("the value of '" + key + "' is too long, or there is no key");
            }
            switch (operation.kind()) {
                case SET -> configs.put(key, operation.value());
                case DELETE -> configs.remove(key);
                case APPEND -> configs.put(key, appended(configs.getOrDefault(key, operation.inherited()), operation));
                case SUBTRACT ->
                    configs.put(key, subtracted(configs.getOrDefault(key, operation.inherited()), operation));
            }
        }
        return configs.size() > Limits.MAX_CONFIG_KEYS
                ? Optional.of("more than " + Limits.MAX_CONFIG_KEYS + " keys")
                : Optional.empty();
    }

    private static String appended(String list, ConfigChange.Operation operation) {
        Set<String> parts = parts(list);
        parts.addAll(parts(operation.value()));
        return String.join(",", parts);
    }

    private static String subtracted(String list, ConfigChange.Operation operation) {
        Set<String> parts = parts(list);
        parts.removeAll(parts(operation.value()));
        return String.join(",", parts);
    }

    private static Set<String> parts(String list) {
        Set<String> parts = new LinkedHashSet<>(Arrays.asList(list.split(",")));
        parts.remove("");
        return parts;
    }

    private static Item failed(String name, Errors error, String message) {
        return Item.failed(name, Uuid.ZERO_UUID, error, message);
    }
}
