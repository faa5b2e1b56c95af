package io.braid.broker.operate;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.quorum.message.VendorMessage;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** Why a broker may not be stopped now. */
public final class RestartCheckResponse extends OperatorResponse {
    private List<RestartCheck.Reason> reasons = List.of();

    public RestartCheckResponse() {
        super(OperatorApis.RESTART_CHECK);
    }

    RestartCheckResponse(Errors error, String message) {
        super(OperatorApis.RESTART_CHECK, error, message);
    }

    RestartCheckResponse(List<RestartCheck.Reason> reasons) {
        this();
        this.reasons = List.copyOf(reasons);
    }

    /** None when it may. */
    public List<RestartCheck.Reason> reasons() {
        return reasons;
    }

    @Override
    void encodeBody(ByteWriter out) {
        out.writeList(reasons, (to, reason) -> {
            to.writeString(reason.kind());
            to.writeString(reason.message());
        });
    }

    @Override
    void decodeBody(ByteReader in) {
        reasons = in.readList(from -> new RestartCheck.Reason(from.readString(), from.readString()));
    }

    @Override
    protected VendorMessage empty() {
        return new RestartCheckResponse();
    }
}
