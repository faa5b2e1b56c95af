package io.braid.controller;

import io.braid.image.ClusterImage;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * What the leading controller refuses before it is proposed: what other controllers may not be able to read, and a level of
 * {@code metadata.version} that it does not know itself. It may depend on the release, as decisions must not. Pure.
 */
public final class Admission {
    private Admission() {}

    /** The refusal; empty if the command may be proposed. */
    public static Optional<CommandResult> refusal(Command command, ClusterImage image) {
        boolean created = !image.clusterId().isEmpty();
        if (created && command.sinceMetadataVersion() > image.metadataVersion()) {
            return Optional.of(CommandResult.failed(
                    Errors.UNSUPPORTED_VERSION,
                    command.getClass().getSimpleName() + " needs " + MetadataVersion.FEATURE + " "
                            + command.sinceMetadataVersion() + ", the cluster is at " + image.metadataVersion()
                            + ": once every node runs this release, raise it by braid features upgrade"));
        }
        if (command instanceof Command.RaiseMetadataVersion raise && raise.metadataVersion() > MetadataVersion.LATEST) {
            return Optional.of(CommandResult.failed(
                    Errors.FEATURE_UPDATE_FAILED,
                    MetadataVersion.FEATURE + " " + raise.metadataVersion() + ": this release knows "
                            + MetadataVersion.MIN + " to " + MetadataVersion.LATEST));
        }
        return Optional.empty();
    }
}
