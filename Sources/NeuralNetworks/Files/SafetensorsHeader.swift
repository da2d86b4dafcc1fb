import Foundation

extension SafetensorsFile {
  /// The JSON text before the numbers.
  struct Header {
    struct Entry {
      var name: String
      var type: String
      var shape: [Int]
      /// Bytes after the header.
      var start: Int
      var end: Int
    }

    struct Mistake: Error { var words: String }

    var entries: [Entry] = []
    var metadata: [String: String] = [:]

    init(_ bytes: ArraySlice<UInt8>) throws(Mistake) {
      guard bytes.first == UInt8(ascii: "{") else { throw Mistake(words: "its header does not begin with '{'") }
      let fields: [String: Field]
      do { fields = try JSONDecoder().decode([String: Field].self, from: Data(bytes)) } catch {
        throw Mistake(words: "its header is not the JSON of names, types, shapes and offsets that is expected")
      }
      for (name, field) in fields {
        switch field {
        case .metadata(let texts):
          guard name == "__metadata__" else { throw Mistake(words: "'\(name)' has no type, shape and offsets") }
          metadata = texts
        case .array(let array):
          guard name != "__metadata__" else { throw Mistake(words: "its metadata are not texts") }
          guard array.data_offsets.count == 2, array.data_offsets[0] >= 0 else {
            throw Mistake(words: "'\(name)' has the offsets \(array.data_offsets)")
          }
          entries.append(
            Entry(
              name: name, type: array.dtype, shape: array.shape, start: array.data_offsets[0],
              end: array.data_offsets[1]))
        }
      }
    }

    static func text(_ entries: [Entry], _ metadata: [String: String]) -> String {
      var fields: [String] = []
      if !metadata.isEmpty {
        let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
        fields.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
      }
      for entry in entries {
        let shape = entry.shape.map(String.init).joined(separator: ",")
        fields.append(
          "\(quoted(entry.name)):{\"dtype\":\"\(entry.type)\",\"shape\":[\(shape)],"
            + "\"data_offsets\":[\(entry.start),\(entry.end)]}")
      }
      return "{" + fields.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      // A text always has a JSON form.
      return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
  }
}

/// One field of the header: an array, or the metadata.
private enum Field: Decodable {
  case array(ArrayField)
  case metadata([String: String])

  init(from decoder: any Decoder) throws {
    if let array = try? ArrayField(from: decoder) {
      self = .array(array)
    } else {
      self = .metadata(try [String: String](from: decoder))
    }
  }
}

private struct ArrayField: Decodable {
  var dtype: String
  var shape: [Int]
  /// As the format names it.
  var data_offsets: [Int]
}
