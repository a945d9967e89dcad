/// librdkafka's statistics as it writes them, with its own names.
struct StatisticsDocument: Decodable {
  struct Window: Decodable {
    var avg: Int64
    var p99: Int64
    var cnt: Int64
  }

  struct Broker: Decodable {
    var nodeid: Int32
    var nodename: String
    var state: String
    var outbuf_cnt: Int
    var waitresp_cnt: Int
    var req_timeouts: Int
    var rtt: Window
  }

  struct Partition: Decodable {
    var partition: Int32
    var fetch_state: String
    var fetchq_cnt: Int
    var fetchq_size: Int
    var app_offset: Int64
    var committed_offset: Int64
    var hi_offset: Int64
    var ls_offset: Int64
  }

  struct Topic: Decodable {
    var topic: String
    var partitions: [String: Partition]
  }

  var name: String
  var client_id: String
  var replyq: Int
  var msg_cnt: Int
  var msg_size: Int
  var brokers: [String: Broker]
  var topics: [String: Topic]
}
