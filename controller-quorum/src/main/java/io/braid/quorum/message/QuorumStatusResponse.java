package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.RecordCodec;
import io.braid.image.ControllerImage;
import io.braid.image.MetadataRecord.ControllersChanged;
import io.braid.quorum.QuorumInfo;
import io.braid.quorum.QuorumInfo.ObserverInfo;
import io.braid.quorum.QuorumInfo.VoterInfo;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** What a controller knows of the quorum; how far the others are is known to the leader only. */
public final class QuorumStatusResponse extends VendorResponse {
    private Member member = new Member(-1, true, "", 0);
    private QuorumInfo info = QuorumInfo.UNKNOWN;
    private List<ControllerImage> controllers = List.of();

    public QuorumStatusResponse() {
        super(VendorApis.QUORUM_STATUS);
    }

    public QuorumStatusResponse(Member member, Leader leader, QuorumInfo info, List<ControllerImage> controllers) {
        super(VendorApis.QUORUM_STATUS, Errors.NONE, "", leader);
        this.member = member;
        this.info = info;
        this.controllers = List.copyOf(controllers);
    }

    /**
     * The controller that answers.
     *
     * @param blank whether it never had a part in anything that was agreed on
     * @param clusterId "" if it knows of no cluster
     * @param version of its metadata
     */
    public record Member(int nodeId, boolean blank, String clusterId, long version) {}

    public Member member() {
        return member;
    }

    public QuorumInfo info() {
        return info;
    }

    /** Those there are to be, as the metadata says. */
    public List<ControllerImage> controllers() {
        return controllers;
    }

    @Override
    protected void encodeBody(ByteWriter out) {
        out.writeSigned(member.nodeId());
        out.writeBoolean(member.blank());
        out.writeString(member.clusterId());
        out.writeVarlong(member.version());
        out.writeSigned(info.leaderId());
        out.writeVarint(info.leaderEpoch());
        out.writeSigned(info.commitIndex());
        out.writeList(info.voters(), (to, voter) -> {
            to.writeVarint(voter.nodeId());
            to.writeVarint(voter.generation());
            to.writeString(voter.host());
            to.writeVarint(voter.port());
            to.writeSigned(voter.logEndIndex());
            to.writeSigned(voter.silentMs());
        });
        out.writeList(info.observers(), (to, observer) -> {
            to.writeVarint(observer.nodeId());
            to.writeSigned(observer.logEndIndex());
            to.writeSigned(observer.silentMs());
        });
        RecordCodec.write(out, new ControllersChanged(controllers));
    }

    @Override
    protected void decodeBody(ByteReader in) {
        member = new Member(in.readSignedInt(), in.readBoolean(), in.readString(), in.readVarlong());
        info = new QuorumInfo(
                in.readSignedInt(),
                in.readVarint(),
                in.readSigned(),
                in.readList(from -> new VoterInfo(
                        from.readVarint(),
                        from.readVarint(),
                        from.readString(),
                        from.readVarint(),
                        from.readSigned(),
                        from.readSigned())),
                in.readList(from -> new ObserverInfo(from.readVarint(), from.readSigned(), from.readSigned())));
        controllers = RecordCodec.read(in) instanceof ControllersChanged changed ? changed.controllers() : List.of();
    }

    @Override
    protected VendorMessage empty() {
        return new QuorumStatusResponse();
    }
}
