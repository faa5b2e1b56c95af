// 1,000 records through kafkajs: node roundtrip.js HOST:PORT
// Read back by two consumers of a group, one after the other: the second goes on where the first has committed.
const { Kafka, CompressionTypes, logLevel } = require('kafkajs')

// Reads until the group has `count` more records, commits them, and leaves.
const consume = async (kafka, groupId, topic, count) => {
  const consumer = kafka.consumer({ groupId })
  const got = []
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, e => reject(e.payload.error))
    consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        if (got.length === count) return
        got.push({ partition, offset: message.offset, text: message.key + ' ' + message.value })
        if (got.length === count) resolve()
      },
    }).catch(reject)
  })
  const next = {}
  for (const m of got) next[m.partition] = String(Number(m.offset) + 1)
  await consumer.commitOffsets(Object.entries(next).map(([p, offset]) => ({ topic, partition: Number(p), offset })))
  await consumer.disconnect()
  return got
}

const main = async () => {
  const boot = process.argv[2]
  const topic = 'rt-kafkajs-' + Date.now().toString(36)
  const kafka = new Kafka({ clientId: 'roundtrip', brokers: [boot], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 1 }], waitForLeaders: true })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (let from = 0; from < 1000; from += 100) {
    const messages = []
    for (let i = from; i < from + 100; i++) messages.push({ key: 'k' + i, value: 'value ' + i, partition: i % 3 })
    await producer.send({ topic, acks: -1, compression: from % 200 ? CompressionTypes.GZIP : CompressionTypes.None, messages })
  }
  const offsets = await admin.fetchTopicOffsets(topic)
  const ends = Object.fromEntries(offsets.map(o => [o.partition, o.offset]))
  if (ends[0] !== '334' || ends[1] !== '333' || ends[2] !== '333') throw new Error('end offsets ' + JSON.stringify(ends))
  const groupId = topic + '-group'
  const got = [...await consume(kafka, groupId, topic, 400), ...await consume(kafka, groupId, topic, 600)]
  for (let p = 0; p < 3; p++) {
    const read = got.filter(m => m.partition === p).map(m => m.offset + ' ' + m.text).join('\n')
    const want = []
    for (let i = p; i < 1000; i += 3) want.push(want.length + ' k' + i + ' value ' + i)
    if (read !== want.join('\n')) throw new Error('partition ' + p + ' of ' + got.length + ' records:\n' + read.slice(0, 500))
  }
  await producer.disconnect()
  await admin.disconnect()
}
main().then(() => process.exit(0), e => { console.error(e); process.exit(1) })
