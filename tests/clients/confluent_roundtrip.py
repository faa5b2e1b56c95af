"""1,000 records through librdkafka's Python binding: confluent_roundtrip.py HOST:PORT"""
import sys, time, uuid
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

boot, topic = sys.argv[1], 'rt-confluent-' + uuid.uuid4().hex[:8]
admin = AdminClient({'bootstrap.servers': boot})
admin.create_topics([NewTopic(topic, 3, -1)])[topic].result(20)
producer, errors = Producer({'bootstrap.servers': boot, 'enable.idempotence': True}), []
for i in range(1000):
    producer.produce(topic, key=b'k%d' % i, value=b'value \xff\x00 %d' % i, partition=i % 3, on_delivery=lambda e, m: e and errors.append(e))
assert producer.flush(30) == 0 and not errors, errors
consumer = Consumer({'bootstrap.servers': boot, 'group.id': 'unused', 'enable.auto.commit': False})
consumer.assign([TopicPartition(topic, p, 0) for p in range(3)])
got, end = {0: [], 1: [], 2: []}, time.time() + 30
while sum(map(len, got.values())) < 1000 and time.time() < end:
    m = consumer.poll(0.5)
    if m and not m.error():
        got[m.partition()].append((m.offset(), m.key(), m.value()))
consumer.close()
for p in range(3):
    want = [(n, b'k%d' % i, b'value \xff\x00 %d' % i) for n, i in enumerate(range(p, 1000, 3))]
    assert got[p] == want, 'partition %d: %d records' % (p, len(got[p]))
