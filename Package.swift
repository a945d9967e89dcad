// swift-tools-version: 6.2
import PackageDescription

// Every dependency is here for one reason; what the product exists for (ledger, engines, router) is our own.
let dependencies: [Package.Dependency] = [
  // Command-line parsing, help and completion of the programs.
  .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  // The logging interface that librdkafka's and our own lines go through.
  .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
  // The metrics interface that the programs count with.
  .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
  // YAML with line numbers, for configurations.
  .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  // SQLite, for the alert router's outbox.
  .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  // Logic-less templates, for the alert router's messages.
  .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  // HMAC-SHA256, for signed webhooks and links; SHA-256, for the digests of what was read.
  .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
  // The HTTP server of metrics, health and the alert router's interface: small, and without SwiftNIO's build time.
  .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  // The heap behind the queue of due dates.
  .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
]

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "DealPulse",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "alert-router", targets: ["AlertRouter"]),
    .executable(name: "deal-scorer", targets: ["DealScorer"]),
    .executable(name: "crm-connector", targets: ["CRMConnector"]),
    .executable(name: "dealpulse", targets: ["DealPulse"]),
    .executable(name: "deal-replay", targets: ["DealReplay"]),
  ],
  dependencies: dependencies,
  targets: [
    .target(
      name: "CSimdJSON", cxxSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "Deals", dependencies: ["CSimdJSON"], swiftSettings: swiftSettings),
    .target(name: "Statistics", swiftSettings: swiftSettings),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics"], swiftSettings: swiftSettings),
    .target(name: "Trends", dependencies: ["Deals", "Statistics"], swiftSettings: swiftSettings),
    .testTarget(
      name: "TrendsTests", dependencies: ["Trends", "CRMImport", "Deals", "Statistics", "TestSupport"],
      swiftSettings: swiftSettings),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
    .testTarget(name: "DealsTests", dependencies: ["Deals", "TestSupport"], swiftSettings: swiftSettings),
    .target(
      name: "Scoring", dependencies: ["Deals", .product(name: "HeapModule", package: "swift-collections")],
      swiftSettings: swiftSettings),
    .testTarget(name: "ScoringTests", dependencies: ["Scoring", "Deals"], swiftSettings: swiftSettings),
    .target(
      name: "EngineConfiguration", dependencies: ["Configuration", "Deals", "Scoring"], swiftSettings: swiftSettings),
    .testTarget(
      name: "EngineConfigurationTests", dependencies: ["EngineConfiguration", "Configuration", "Deals", "Scoring"],
      swiftSettings: swiftSettings),
    .target(name: "Charts", swiftSettings: swiftSettings),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"], swiftSettings: swiftSettings),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "Replay",
      dependencies: [
        "Deals", "Scoring", "Charts", "EngineConfiguration", "CRMImport", "CZlib", "CZstd", "Statistics", "Trends",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "ReplayTopics", dependencies: ["Replay", "DeadLetters", "Deals", "Kafka", "Topics", log],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ReplayTopicsTests",
      dependencies: ["ReplayTopics", "Replay", "Deals", "Scoring", "Simulation", "Kafka", "Topics", log],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "DealReplay",
      dependencies: [
        "CRMImport", "Configuration", "Replay", "ReplayTopics", "ScorerRuntime", "Simulation", "Trends", "Connection",
        "Deals",
        "EngineConfiguration",
        "Observability",
        "Programs", "Scoring",
        "Kafka",
        "Topics", log, arguments,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ReplayTests",
      dependencies: [
        "Replay", "Charts", "CRMImport", "CZlib", "CZstd", "Deals", "EngineConfiguration", "Scoring", "Simulation",
        "Statistics", "Trends",
      ],
      swiftSettings: swiftSettings),
    .systemLibrary(name: "CLibrdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
    .target(
      name: "Kafka", dependencies: ["CLibrdkafka", log, .product(name: "Metrics", package: "swift-metrics")],
      swiftSettings: swiftSettings + [.enableExperimentalFeature("Lifetimes")]),
    .target(
      name: "Configuration", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: swiftSettings),
    .testTarget(name: "ConfigurationTests", dependencies: ["Configuration"], swiftSettings: swiftSettings),
    .target(
      name: "Connection", dependencies: ["Configuration", "Kafka", "Observability", "Topics"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ConnectionTests", dependencies: ["Connection", "Configuration", "Kafka", log], swiftSettings: swiftSettings
    ),
    .target(name: "Programs", dependencies: ["Configuration", "Connection", arguments], swiftSettings: swiftSettings),
    .target(
      name: "Observability",
      dependencies: [
        "Configuration", "Deals", log, .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "FlyingFox", package: "FlyingFox"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ObservabilityTests", dependencies: ["Observability", "Configuration", "Deals", log],
      swiftSettings: swiftSettings),
    .target(name: "Topics", swiftSettings: swiftSettings),
    .target(name: "DeadLetters", dependencies: ["Deals", "Kafka", "Topics"], swiftSettings: swiftSettings),
    .target(name: "Alerts", dependencies: ["Deals", "Configuration"], swiftSettings: swiftSettings),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CCurlOptions", dependencies: ["CCurl"]),
    .target(
      name: "AlertDelivery",
      dependencies: [
        "Alerts", "Deals", "CCurl", "CCurlOptions", log, .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Mustache", package: "swift-mustache"), .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "AlertDeliveryTests",
      dependencies: ["TestSupport", "AlertDelivery", "Alerts", "Deals", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "AlertRouterTests",
      dependencies: [
        "TestSupport",
        "AlertRouter", "AlertDelivery", "Alerts", "Deals", "Kafka", "Topics", log,
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "AlertRouter",
      dependencies: [
        "Alerts", "AlertDelivery", "Configuration", "Connection", "DeadLetters", "Deals", "Kafka", "Observability",
        "Programs", "Topics", log, arguments,
        .product(name: "FlyingFox", package: "FlyingFox"), .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Metrics", package: "swift-metrics"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(name: "AlertsTests", dependencies: ["Alerts", "Deals", "Configuration"], swiftSettings: swiftSettings),
    .target(
      name: "ScorerRuntime",
      dependencies: [
        "Configuration", "Connection", "DeadLetters", "Deals", "EngineConfiguration", "Kafka", "Observability",
        "Scoring",
        "Topics", "Trends", log,
        .product(name: "Metrics", package: "swift-metrics"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ScorerRuntimeTests",
      dependencies: [
        "ScorerRuntime", "Configuration", "EngineConfiguration", "Scoring", "Deals", "Kafka", "Topics", "Trends", log,
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "DealScorer", dependencies: ["ScorerRuntime", "Configuration", "Observability", log, arguments],
      swiftSettings: swiftSettings),
    .target(name: "CRMImport", dependencies: ["Deals", "Configuration"], swiftSettings: swiftSettings),
    .testTarget(name: "CRMImportTests", dependencies: ["CRMImport", "Deals"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "CRMConnector",
      dependencies: [
        "CRMImport", "Configuration", "Connection", "Deals", "Kafka", "Observability", "Programs", "Topics", log,
        arguments,
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "Simulation", dependencies: ["Deals", .product(name: "HeapModule", package: "swift-collections")],
      swiftSettings: swiftSettings),
    .testTarget(name: "SimulationTests", dependencies: ["Simulation", "Deals"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "DealPulse",
      dependencies: [
        "CRMImport", "Configuration", "Connection", "DeadLetters", "Deals", "Kafka", "Observability", "Programs",
        "ScorerRuntime", "Scoring", "Simulation", "Topics", "Trends", log, arguments,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "KafkaTests", dependencies: ["Kafka", .product(name: "MetricsTestKit", package: "swift-metrics")],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Deals", "Kafka", "ScorerRuntime", "Scoring", "Simulation", "TestSupport", "Topics", log, "DealScorer",
        "DealPulse", "DealReplay", "CRMConnector", "AlertRouter",
      ],
      swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx17
)
