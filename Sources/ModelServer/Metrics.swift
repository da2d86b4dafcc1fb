import InverseDesign
import Synchronization

/// Counts of what the server did, in Prometheus' text format.
final class Metrics: Sendable {
  private struct Key: Hashable, Comparable {
    var endpoint: String
    var status: Int
    static func < (a: Key, b: Key) -> Bool { (a.endpoint, a.status) < (b.endpoint, b.status) }
  }
  private struct Contents {
    var requests: [Key: Int] = [:]
    var seconds: [String: (count: Int, sum: Double)] = [:]
    var refused = 0
    var late = 0
    var abandoned = 0
  }
  private let contents = Mutex(Contents())
  private let start = ProcessUsage.wallSeconds

  func count(_ endpoint: String, status: Int, seconds: Double) {
    contents.withLock {
      $0.requests[Key(endpoint: endpoint, status: status), default: 0] += 1
      let past = $0.seconds[endpoint] ?? (0, 0)
      $0.seconds[endpoint] = (past.count + 1, past.sum + seconds)
      if status == 503 { $0.refused += 1 }
      if status == 504 { $0.late += 1 }
      if status == 499 { $0.abandoned += 1 }
    }
  }

  /// - Parameters:
  ///   - waiting: requests that run or wait.
  ///   - endedConnections: those closed because of a limit.
  func text(waiting: Int, endedConnections: Int) -> String {
    contents.withLock { contents in
      var lines = [
        "# HELP backsolve_requests_total Requests answered, by endpoint and HTTP status.",
        "# TYPE backsolve_requests_total counter",
      ]
      for (key, count) in contents.requests.sorted(by: { $0.key < $1.key }) {
        lines.append("backsolve_requests_total{endpoint=\"\(key.endpoint)\",status=\"\(key.status)\"} \(count)")
      }
      lines += [
        "# HELP backsolve_request_seconds Time from request to answer.", "# TYPE backsolve_request_seconds summary",
      ]
      for (endpoint, past) in contents.seconds.sorted(by: { $0.key < $1.key }) {
        lines.append("backsolve_request_seconds_sum{endpoint=\"\(endpoint)\"} \(past.sum)")
        lines.append("backsolve_request_seconds_count{endpoint=\"\(endpoint)\"} \(past.count)")
      }
      func single(_ name: String, _ kind: String, _ help: String, _ value: String) {
        lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)", "\(name) \(value)"]
      }
      single(
        "backsolve_refused_total", "counter", "Requests turned away because the server was full or stopping.",
        "\(contents.refused)")
      single("backsolve_late_total", "counter", "Requests whose time ran out.", "\(contents.late)")
      single(
        "backsolve_abandoned_total", "counter", "Requests whose client went away while they were solved.",
        "\(contents.abandoned)")
      single(
        "backsolve_connections_ended_total", "counter",
        "Connections closed because they were idle, slow or too many.",
        "\(endedConnections)")
      single("backsolve_solves_pending", "gauge", "Requests that run or wait for a worker.", "\(waiting)")
      single(
        "backsolve_peak_memory_bytes", "gauge", "Peak resident memory of the process.",
        "\(ProcessUsage.peakMemoryBytes)")
      single("backsolve_cpu_seconds_total", "counter", "CPU time of the process.", "\(ProcessUsage.cpuSeconds)")
      single("backsolve_uptime_seconds", "gauge", "Time since the server began.", "\(ProcessUsage.wallSeconds - start)")
      return lines.joined(separator: "\n") + "\n"
    }
  }
}
