import Backsolve
import TestSupport
import Testing

// Every map with a hand-written derivative is a row here. A family of maps is one file that extends the table with its
// rows and one test over them; adding a family adds a file.
@Suite("Gradient table") struct GradientTable {}
