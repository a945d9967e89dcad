import Dispatch
import Logging
import Metrics
import Synchronization

/// Turns a client's statistics into gauges: `kafka_consumer_lag_records`, `kafka_consumer_fetched_records` (by topic and
/// partition), `kafka_broker_round_trip_seconds` (by broker), `kafka_producer_queue_records` and
/// `kafka_producer_queue_bytes`; all by client.
///
/// Give `receive` to a client as its `statistics` and set `ClientConfiguration.statisticsInterval`. The text is read on a
/// queue of its own, so that neither the consumer's nor the producer's thread waits for it.
public final class StatisticsGauges: Sendable {
  private struct Key: Hashable {
    var label: String
    var dimensions: [String]
  }

  private let queue = DispatchQueue(label: "kafka-statistics", qos: .utility)
  private let gauges = Mutex<[Key: Gauge]>([:])
  private let isClosed = StopFlag()
  private let newest = Mutex<ClientStatistics?>(nil)
  private let logger: Logger
  private let factory: any MetricsFactory

  /// Gauges of a factory, without another that of the process.
  public init(logger: Logger, factory: any MetricsFactory = MetricsSystem.factory) {
    self.logger = logger
    self.factory = factory
  }

  /// What the client said last.
  public var latest: ClientStatistics? { newest.withLock { $0 } }

  /// Takes librdkafka's statistics; returns at once.
  public func receive(_ json: String) {
    if isClosed.isSet { return }
    queue.async { [self] in
      do throws(KafkaError) {
        record(try ClientStatistics(json: json))
      } catch {
        logger.warning("\(error)")
      }
    }
  }

  /// Waits for what was received, then takes the gauges away. Nothing is recorded after it.
  public func close() {
    guard isClosed.set() else { return }
    queue.sync {
      gauges.withLock { gauges in
        for gauge in gauges.values { gauge.destroy() }
        gauges = [:]
      }
    }
  }

  private func record(_ statistics: ClientStatistics) {
    // A receive that passed its check just before the close may come after it.
    if isClosed.isSet { return }
    newest.withLock { $0 = statistics }
    var values: [Key: Double] = [
      Key(label: "kafka_producer_queue_records", dimensions: ["client", statistics.clientID]):
        Double(statistics.queuedRecords),
      Key(label: "kafka_producer_queue_bytes", dimensions: ["client", statistics.clientID]):
        Double(statistics.queuedBytes),
    ]
    for broker in statistics.brokers {
      guard let roundTrip = broker.meanRoundTripMicroseconds else { continue }
      let dimensions = ["client", statistics.clientID, "broker", broker.name]
      values[Key(label: "kafka_broker_round_trip_seconds", dimensions: dimensions)] = Double(roundTrip) / 1e6
    }
    for partition in statistics.partitions where partition.isAssigned {
      let dimensions = [
        "client", statistics.clientID, "topic", partition.partition.topic, "partition",
        String(partition.partition.partition),
      ]
      values[Key(label: "kafka_consumer_fetched_records", dimensions: dimensions)] =
        Double(partition.fetchedRecords)
      if let lag = partition.lag {
        values[Key(label: "kafka_consumer_lag_records", dimensions: dimensions)] = Double(lag)
      }
    }
    publish(values)
  }

  private func publish(_ values: [Key: Double]) {
    gauges.withLock { gauges in
      // A partition that went to another member must not keep showing its last lag here.
      for key in gauges.keys where values[key] == nil && key.dimensions.contains("partition") {
        gauges.removeValue(forKey: key)?.destroy()
      }
      for (key, value) in values {
        let gauge = gauges[key] ?? makeGauge(key)
        gauges[key] = gauge
        gauge.record(value)
      }
    }
  }

  private func makeGauge(_ key: Key) -> Gauge {
    let pairs = stride(from: 0, to: key.dimensions.count, by: 2).map { (key.dimensions[$0], key.dimensions[$0 + 1]) }
    return Gauge(label: key.label, dimensions: pairs, factory: factory)
  }
}
