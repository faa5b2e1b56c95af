package io.braid.broker.handler;

import java.util.Iterator;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.utils.internals.ByteUtils;

/**
 * A Metadata response whose topics are made while it is encoded, once for its size and once for its bytes, and never
 * exist together: the answer to "all topics" of a cluster with a million of them costs its encoded size and no more.
 *
 * <p>The bytes are those of the generated class. Everything around the topics is encoded by it, with no topics, and cut
 * where they belong: the topics are followed by fields of fixed size only.
 *
 * <p>For encoding only: {@link #topics()} is empty. Immutable as long as the topics come out the same each time, which
 * they do when they are made from an image.
 */
final class StreamedMetadataResponse extends MetadataResponseData {

    /** Topics whose encoded strings are held at a time. */
    private static final int CHUNK = 64;

    private final int topicCount;
    private final Iterable<MetadataResponseTopic> streamed;

    /**
     * @param frame the response without its topics
     * @param topicCount how many topics {@code topics} yields
     * @param topics yields the same topics every time it is iterated; an iterator may reuse one object for all
     */
    StreamedMetadataResponse(MetadataResponseData frame, int topicCount, Iterable<MetadataResponseTopic> topics) {
        setThrottleTimeMs(frame.throttleTimeMs());
        setBrokers(frame.brokers().duplicate());
        setClusterId(frame.clusterId());
        setControllerId(frame.controllerId());
        setClusterAuthorizedOperations(frame.clusterAuthorizedOperations());
        setErrorCode(frame.errorCode());
        this.topicCount = topicCount;
        this.streamed = topics;
    }

    @Override
    public void addSize(MessageSizeAccumulator size, ObjectSerializationCache cache, short version) {
        super.addSize(size, cache, version);
        size.addBytes(lengthSize(topicCount, version) - lengthSize(0, version));
        Iterator<MetadataResponseTopic> topics = streamed.iterator();
        while (topics.hasNext()) {
            ObjectSerializationCache chunkCache = new ObjectSerializationCache();
            for (int i = 0; i < CHUNK && topics.hasNext(); i++) {
                topics.next().addSize(size, chunkCache, version);
            }
        }
    }

    @Override
    public void write(Writable writable, ObjectSerializationCache cache, short version) {
        ByteBufferAccessor outer = MessageUtil.toByteBufferAccessor(withoutTopics(), version);
        byte[] bytes = outer.buffer().array();
        int tail = tailSize(version);
        int head = outer.buffer().limit() - tail - lengthSize(0, version);
        writable.writeByteArray(java.util.Arrays.copyOfRange(bytes, 0, head));
        writeLength(writable, version);
        Iterator<MetadataResponseTopic> topics = streamed.iterator();
        while (topics.hasNext()) {
            ObjectSerializationCache chunkCache = new ObjectSerializationCache();
            for (int i = 0; i < CHUNK && topics.hasNext(); i++) {
                MetadataResponseTopic topic = topics.next();
                topic.addSize(new MessageSizeAccumulator(), chunkCache, version);
                topic.write(writable, chunkCache, version);
            }
        }
        int end = outer.buffer().limit();
        writable.writeByteArray(java.util.Arrays.copyOfRange(bytes, end - tail, end));
    }

    private MetadataResponseData withoutTopics() {
        return new MetadataResponseData()
                .setThrottleTimeMs(throttleTimeMs())
                .setBrokers(brokers())
                .setClusterId(clusterId())
                .setControllerId(controllerId())
                .setClusterAuthorizedOperations(clusterAuthorizedOperations())
                .setErrorCode(errorCode());
    }

    private void writeLength(Writable writable, short version) {
        if (isFlexible(version)) {
            writable.writeUnsignedVarint(topicCount + 1);
        } else {
            writable.writeInt(topicCount);
        }
    }

    private static int lengthSize(int count, short version) {
        return isFlexible(version) ? ByteUtils.sizeOfUnsignedVarint(count + 1) : Integer.BYTES;
    }

    /** What follows the topics: cluster operations (8 to 10), the error code (13 on), an empty set of tagged fields. */
    private static int tailSize(short version) {
        return (version >= 8 && version <= 10 ? Integer.BYTES : 0)
                + (version >= 13 ? Short.BYTES : 0)
                + (isFlexible(version) ? 1 : 0);
    }

    private static boolean isFlexible(short version) {
        return version >= 9;
    }
}
