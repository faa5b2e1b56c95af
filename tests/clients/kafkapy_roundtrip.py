"""1,000 records through the pure Python client: kafkapy_roundtrip.py HOST:PORT"""
import sys, time, uuid
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

boot, topic = sys.argv[1], 'rt-kafkapy-' + uuid.uuid4().hex[:8]
admin = KafkaAdminClient(bootstrap_servers=boot)
admin.create_topics([NewTopic(topic, 3, 1)])
producer = KafkaProducer(bootstrap_servers=boot, acks='all', compression_type='gzip', linger_ms=5)
sent = [producer.send(topic, key=b'k%d' % i, value=b'value \xff\x00 %d' % i, partition=i % 3) for i in range(1000)]
offsets = [f.get(30).offset for f in sent]
assert offsets == [i // 3 for i in range(1000)], offsets[:10]
producer.close()
consumer = KafkaConsumer(bootstrap_servers=boot, enable_auto_commit=False)
parts = [TopicPartition(topic, p) for p in range(3)]
consumer.assign(parts)
consumer.seek_to_beginning()
got, end = {p: [] for p in range(3)}, time.time() + 30
while sum(map(len, got.values())) < 1000 and time.time() < end:
    for tp, records in consumer.poll(500).items():
        got[tp.partition] += [(r.offset, r.key, r.value) for r in records]
consumer.close()
for p in range(3):
    want = [(n, b'k%d' % i, b'value \xff\x00 %d' % i) for n, i in enumerate(range(p, 1000, 3))]
    assert got[p] == want, 'partition %d: %d records' % (p, len(got[p]))
