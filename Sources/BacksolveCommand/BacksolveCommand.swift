import ArgumentParser
import Scenes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The command line: `backsolve optimize SCENE` and its companions.
struct Backsolve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backsolve",
    abstract: "State the result you want; solve back to the shape that gives it.",
    discussion: """
      Exit codes: 0 done, 1 a numerical failure, 2 a mistake in the scene or the command line, 3 the machine refused \
      (disk, lock, memory), 130 interrupted with a checkpoint written.
      """,
    version: Version.backsolve,
    subcommands: [
      Optimize.self, Simulate.self, CheckGradient.self, Verify.self, Validate.self, Schema.self, ListScenes.self,
      Report.self, CompareSolvers.self, Generate.self, Train.self, Sample.self, Refine.self, Polar.self, Tasks.self,
      Serve.self, Ask.self, Tell.self,
      Evaluate.self, View.self,
    ])
}

@main
enum Main {
  static func main() {
    BLASThreads.pinToOne()
    do {
      var command = try Backsolve.parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      stop(failure.code.rawValue, "\(failure)")
    } catch let errors as SceneErrors {
      stop(CommandFailure.Code.usage.rawValue, errors.description)
    } catch let failure as SolveFailure {
      stop(CommandFailure.Code.numerical.rawValue, "error: \(failure)")
    } catch {
      // Help and version requests end well; everything else that the parser refuses is the user's mistake.
      let code = Backsolve.exitCode(for: error)
      let text = Backsolve.fullMessage(for: error)
      if code.isSuccess {
        print(text)
        exit(0)
      }
      stop(CommandFailure.Code.usage.rawValue, text)
    }
  }

  private static func stop(_ code: Int32, _ message: String) -> Never {
    if !message.isEmpty { StandardError.write(message + "\n") }
    exit(code)
  }
}

enum StandardError {
  static func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = systemWrite(2, $0.baseAddress, $0.count) }
  }
  static var isTerminal: Bool { isatty(2) == 1 }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
