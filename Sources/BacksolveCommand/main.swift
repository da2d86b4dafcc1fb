import ArgumentParser
import Scenes
print("backsolve")
