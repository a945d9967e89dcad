import Testing

/// Real processes against a real broker protocol, one after the other: two cores do not carry several clusters.
@Suite(.serialized) struct EndToEnd {}
