// 1,000 records through kafkajs: node roundtrip.js HOST:PORT
// kafkajs can only consume in groups, so what was written is read back with the fetch request that its consumers use.
const { Kafka, CompressionTypes, logLevel } = require('kafkajs')
const decodeRecords = async (broker, topic, partition) => {
  const response = await broker.fetch({
    maxWaitTime: 1000, minBytes: 1, maxBytes: 10 << 20, isolationLevel: 0,
    topics: [{ topic, partitions: [{ partition, currentLeaderEpoch: -1, fetchOffset: '0', maxBytes: 10 << 20 }] }],
  })
  return response.responses[0].partitions[0].messages
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
  const cluster = require('kafkajs/src/cluster')
  const { Cluster } = { Cluster: cluster }
  const connectionPool = require('kafkajs/src/cluster/connectionPoolBuilder')
  const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error: console.error }
  const socketFactory = require('kafkajs/src/network/socketFactory')()
  const c = new Cluster({ logger, socketFactory, brokers: [boot], clientId: 'roundtrip', connectionTimeout: 5000,
    authenticationTimeout: 5000, requestTimeout: 30000, enforceRequestTimeout: true, metadataMaxAge: 300000,
    retry: { retries: 2 }, allowAutoTopicCreation: false, offsets: new Map() })
  await c.connect()
  await c.addTargetTopic(topic)
  for (let p = 0; p < 3; p++) {
    const leaders = c.findLeaderForPartitions(topic, [p])
    const broker = await c.findBroker({ nodeId: Object.keys(leaders)[0] })
    const messages = await decodeRecords(broker, topic, p)
    const got = messages.map(m => m.offset + ' ' + m.key + ' ' + m.value).join('\n')
    const want = []
    for (let i = p; i < 1000; i += 3) want.push(want.length + ' k' + i + ' value ' + i)
    if (got !== want.join('\n')) throw new Error('partition ' + p + ': ' + messages.length + ' records')
  }
  await c.disconnect()
  await producer.disconnect()
  await admin.disconnect()
}
main().then(() => process.exit(0), e => { console.error(e); process.exit(1) })
