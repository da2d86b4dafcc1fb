import Testing
import Backsolve
