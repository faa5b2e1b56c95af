package io.braid.broker.handler;

import io.braid.broker.config.ConfigEntry;
import io.braid.broker.config.ListEdit;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.ConfigChange;
import io.braid.controller.ConfigChange.Kind;
import io.braid.controller.ConfigChange.Operation;
import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * Checks changes to the configs of resources and has the quorum make those that are sound: what AlterConfigs and
 * IncrementalAlterConfigs have in common. A resource takes all of its changes or none. Safe for any thread.
 */
public final class ConfigAlterer {

    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final ResourceConfigs configs;

    public ConfigAlterer(MetadataSource metadata, Authorizer authorizer, ResourceConfigs configs) {
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.configs = configs;
    }

    /**
     * One change of a key, as it is asked for.
     *
     * @param kind Kafka's id of the operation
     * @param value null where the request has none
     */
    record Edit(byte kind, String key, String value) {}

    /**
     * The changes asked for on one resource.
     *
     * @param replaceAll whether keys that are not named lose what is set on them
     */
    record Alteration(byte resourceType, String resourceName, boolean replaceAll, List<Edit> edits) {
        ConfigResource resource() {
            return new ConfigResource(ConfigResource.Type.forId(resourceType), resourceName);
        }
    }

    /**
     * Makes the changes, or only says what would become of them. Completes when this broker's image has them, with one
     * result for each resource, in order.
     */
    CompletableFuture<List<ApiError>> alter(Caller caller, List<Alteration> alterations, boolean validateOnly) {
        ClusterImage image = metadata.image();
        Map<ConfigResource, Long> times =
                alterations.stream().collect(Collectors.groupingBy(Alteration::resource, Collectors.counting()));
        List<ApiError> results = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        List<ConfigChange> changes = new ArrayList<>();
        for (Alteration alteration : alterations) {
            Optional<ApiError> refusal = times.get(alteration.resource()) > 1
                    ? error(Errors.INVALID_REQUEST, "Each resource must appear at most once.")
                    : refusal(caller, image, alteration);
            if (refusal.isEmpty()) {
                places.add(results.size());
                changes.add(change(image, alteration));
            }
            results.add(refusal.orElse(ApiError.NONE));
        }
        if (changes.isEmpty()) {
            return CompletableFuture.completedFuture(results);
        }
        return metadata.submit(new Command.AlterConfigs(changes, validateOnly)).thenApply(result -> {
            List<CommandResult.Item> items = CommandItems.of(result, changes.size());
            for (int i = 0; i < items.size(); i++) {
                results.set(places.get(i), CommandItems.errorOf(items.get(i)));
            }
            return results;
        });
    }

    private Optional<ApiError> refusal(Caller caller, ClusterImage image, Alteration alteration) {
        ConfigResource resource = alteration.resource();
        return ConfigAccess.denied(authorizer, caller, AclOperation.ALTER_CONFIGS, resource)
                .or(() -> malformed(alteration))
                .or(() -> configs.refusal(resource))
                .or(() -> invalid(image, alteration));
    }

    private static Optional<ApiError> malformed(Alteration alteration) {
        Set<String> keys = new HashSet<>();
        List<String> nulls = new ArrayList<>();
        for (Edit edit : alteration.edits()) {
            if (edit.kind() < 0 || edit.kind() >= Kind.values().length) {
                return error(Errors.INVALID_REQUEST, "Unknown operations type " + edit.kind());
            }
            if (!keys.add(edit.key())) {
                return error(Errors.INVALID_REQUEST, "Error due to duplicate config keys");
            }
            if (edit.value() == null && Kind.of(edit.kind()) != Kind.DELETE) {
                nulls.add(edit.key());
            }
        }
        return nulls.isEmpty()
                ? Optional.empty()
                : error(Errors.INVALID_REQUEST, "Null value not supported for : " + String.join(", ", nulls));
    }

    /** The first edit that may not be made, if there is one. */
    private Optional<ApiError> invalid(ClusterImage image, Alteration alteration) {
        ConfigResource resource = alteration.resource();
        for (Edit edit : alteration.edits()) {
            Kind kind = Kind.of(edit.kind());
            Optional<ApiError> wrong =
                    switch (kind) {
                        case SET -> configs.invalid(resource, edit.key(), edit.value());
                        case DELETE -> Optional.empty();
                        case APPEND, SUBTRACT -> invalidEdit(image, resource, kind, edit);
                    };
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private Optional<ApiError> invalidEdit(ClusterImage image, ConfigResource resource, Kind kind, Edit edit) {
        Optional<ConfigEntry> key = find(configs.inherited(image, resource), edit.key());
        if (key.isEmpty() || !key.get().key().isList()) {
            return key.isEmpty()
                            && configs.invalid(resource, edit.key(), edit.value())
                                    .isPresent()
                    ? configs.invalid(resource, edit.key(), edit.value())
                    : error(
                            Errors.INVALID_CONFIG,
                            "Can't " + kind + " to key " + edit.key() + " because its type is not LIST.");
        }
        String now = image.config(resource.type().id(), resource.name())
                .getOrDefault(edit.key(), key.get().value());
        String then = kind == Kind.APPEND ? ListEdit.append(now, edit.value()) : ListEdit.subtract(now, edit.value());
        return configs.invalid(resource, edit.key(), then);
    }

    private ConfigChange change(ClusterImage image, Alteration alteration) {
        Map<String, String> inherited = new HashMap<>();
        if (alteration.edits().stream().anyMatch(edit -> edit.kind() >= Kind.APPEND.id())) {
            configs.inherited(image, alteration.resource())
                    .forEach(entry -> inherited.put(entry.name(), entry.value()));
        }
        List<Operation> operations = alteration.edits().stream()
                .map(edit -> new Operation(
                        Kind.of(edit.kind()),
                        edit.key(),
                        edit.value() == null ? "" : edit.value(),
                        inherited.getOrDefault(edit.key(), "")))
                .toList();
        return new ConfigChange(
                alteration.resourceType(), alteration.resourceName(), alteration.replaceAll(), operations);
    }

    private static Optional<ConfigEntry> find(List<ConfigEntry> entries, String key) {
        return entries.stream().filter(entry -> entry.name().equals(key)).findFirst();
    }

    private static Optional<ApiError> error(Errors error, String message) {
        return Optional.of(new ApiError(error, message));
    }
}
