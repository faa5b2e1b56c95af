package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.CommandResult;
import io.braid.controller.ResultCodec;
import org.apache.kafka.common.protocol.Errors;

/** What became of the command; {@link #error} is only of the way it took: NOT_CONTROLLER and the like. */
public final class SubmitCommandResponse extends VendorResponse {
    private CommandResult result = CommandResult.failed(Errors.NONE, "");

    public SubmitCommandResponse() {
        super(VendorApis.SUBMIT_COMMAND);
    }

    public SubmitCommandResponse(Errors error, String message, Leader leader, CommandResult result) {
        super(VendorApis.SUBMIT_COMMAND, error, message, leader);
        this.result = result;
    }

    public CommandResult result() {
        return result;
    }

    @Override
    protected void encodeBody(ByteWriter out) {
        ResultCodec.write(out, result);
    }

    @Override
    protected void decodeBody(ByteReader in) {
        result = ResultCodec.read(in);
    }

    @Override
    protected VendorMessage empty() {
        return new SubmitCommandResponse();
    }
}
