import CRMImport
import Deals
import Foundation
import Testing

@Suite struct CRMExportTests {
  private static let header =
    "deal_id,created_date,closed_date,sales_rep_id,industry,region,product_type,lead_source,deal_stage,deal_amount,outcome"

  private func export(
    _ rows: String..., settings: ImportSettings = ImportSettings(), stagePath: Bool = false
  ) throws -> CRMExport {
    try CRMExport(
      Array(([Self.header] + rows).joined(separator: "\n").utf8), name: "test.csv", settings: settings,
      stagePath: stagePath)
  }

  private func closed(_ id: String, outcome: String = "Won", stage: String = "Proposal") -> String {
    "\(id),2024-01-01,2024-02-10,rep_1,SaaS,Europe,Pro,Inbound,\(stage),5000,\(outcome)"
  }

  @Test("a closed deal is created in the first stage and closed in its last")
  func closedDeal() throws {
    let changes = try export(closed("D1")).changes
    #expect(changes.map(\.kind) == [.created, .closed])
    #expect(changes[0].deal.stage == .qualified)
    #expect(changes[0].deal.status == .open)
    #expect(changes[1].deal.stage == .proposal)
    #expect(changes[1].deal.status.outcome == .won)
    #expect(changes[1].occurredAt == Timestamp(rfc3339: "2024-02-10T00:00:00Z"))
  }

  @Test("a stage path lays the stages in between out evenly and says that they are not the CRM's")
  func stagePath() throws {
    let changes = try export(closed("D1"), stagePath: true).changes
    #expect(changes.map(\.deal.stage) == [.qualified, .demo, .proposal, .proposal])
    #expect(changes.map(\.isSynthetic) == [false, true, true, false])
    #expect(changes[1].previousStage == .qualified)
    let times = changes.map(\.occurredAt.milliseconds)
    #expect(times[1] - times[0] == times[2] - times[1])
    #expect(times[2] - times[1] == times[3] - times[2])
  }

  @Test("an open deal has no path: nothing lies in the future, and a later export gives the same events again")
  func openDealPath() throws {
    let open = "D1,2024-01-01,,rep_1,SaaS,Europe,Pro,Inbound,Negotiation,5000,"
    let changes = try export(open, stagePath: true).changes
    #expect(changes.map(\.kind) == [.created])
    #expect(changes[0].deal.stage == .negotiation && !changes[0].isSynthetic)
    #expect(changes[0].occurredAt.rfc3339 == "2024-01-01T00:00:00Z")
    // As without the path; other, newer deals in the file alter nothing.
    #expect(try export(open).changes == changes)
    let later = try export(open, "D2,2024-06-01,,rep_1,SaaS,Europe,Pro,Inbound,Demo,1,", stagePath: true).changes
    #expect(later.filter { $0.dealID.text == "D1" } == changes)
  }

  @Test("the same export gives the same events; another amount gives others")
  func eventIDs() throws {
    let first = try export(closed("D1")).changes.map(\.eventID)
    #expect(try export(closed("D1")).changes.map(\.eventID) == first)
    #expect(Set(first).count == 2)
    let other = try export(closed("D1").replacing("5000", with: "6000")).changes.map(\.eventID)
    #expect(Set(other).isDisjoint(with: first))
  }

  @Test("the last row of a deal wins, and the others are counted")
  func duplicates() throws {
    let export = try export(closed("D1", outcome: "Won"), closed("D1", outcome: "Lost"))
    #expect(export.duplicates == 1)
    #expect(export.deals == 1)
    #expect(export.changes.last?.deal.status.outcome == .lost)
  }

  @Test("rows of one deal that differ in the outcome are counted apart")
  func contradictions() throws {
    let export = try export(
      closed("D1", outcome: "Won"), closed("D1", outcome: "Lost"), closed("D2"), closed("D2"), closed("D3"))
    #expect(export.duplicates == 2 && export.duplicatesOfOtherOutcome == 1)
    #expect(export.duplicatesText == "rows replaced by a later row of the same deal: 2, with another outcome: 1")
    #expect(try self.export(closed("D1"), closed("D1")).duplicatesText?.contains("outcome") == false)
    #expect(try self.export(closed("D1")).duplicatesText == nil)
  }

  @Test("changes come in the order in which they happened, whatever the order of the rows")
  func order() throws {
    let changes = try export(
      "D2,2024-03-01,2024-03-05,r,i,g,p,s,Demo,1,Lost", closed("D1"), "D3,2024-02-10,,r,i,g,p,s,Demo,1,"
    ).changes
    #expect(changes.map(\.dealID.text) == ["D1", "D1", "D3", "D2", "D2"])
  }

  @Test("values are trimmed, and spellings that differ in case alone are one")
  func folding() throws {
    let changes = try export(
      "D1,2024-01-01,,rep_1, SaaS ,Europe,Pro,Inbound,demo,1,", "D2,2024-01-01,,rep_1,SAAS,n/a,Pro,,Demo,,"
    ).changes
    #expect(changes[0].deal.descriptors.industry == "SaaS")
    #expect(changes[1].deal.descriptors.industry == "SaaS")
    #expect(changes[1].deal.descriptors.region == nil)
    #expect(changes[1].deal.descriptors.leadSource == nil)
    #expect(changes[1].deal.amount == nil)
  }

  @Test("a row that can't be used is left out with its line, its reason and itself")
  func rejects() throws {
    let export = try export(
      closed("D1"), ",2024-01-01,,r,i,g,p,s,Demo,1,", "D2,soon,,r,i,g,p,s,Demo,1,",
      "D3,2024-01-01,,r,i,g,p,s,Nowhere,1,",
      "D4,2024-01-01,,r,i,g,p,s,Demo,-5,", "D5,2024-01-01,2023-01-01,r,i,g,p,s,Demo,1,Won", "D6,2024-01-01,,r",
      "D7,2024-01-01,,r,i,g,p,s,Demo,1,Maybe", "D8,2024-01-01,,r,i,g,p,s,Demo,1,Won", "\"D9,2024-01-01")
    #expect(
      export.rejects.map(\.rejection.code)
        == [.dealID, .date, .stage, .amount, .order, .fieldCount, .outcome, .missingDate, .malformedRow])
    #expect(export.rejects.map(\.line) == Array(3...11))
    #expect(export.deals == 1)
    let lines = export.rejectsCSV.split(separator: "\n")
    #expect(lines[1].hasPrefix("3,deal_id,"))
  }

  @Test("a column that must be there and is not is named, with the columns that are there")
  func missingColumn() {
    #expect {
      try CRMExport(Array("id,stage\n1,Demo".utf8), name: "x.csv")
    } throws: {
      "\($0)".contains("deal_id") && "\($0)".contains("id, stage")
    }
    #expect(throws: ImportError.self) { try CRMExport([], name: "x.csv") }
  }

  @Test(
    "dates are read as people write them",
    arguments: [
      ("2024-02-10", "2024-02-10T00:00:00Z"), ("2024-02-10T09:30:00+02:00", "2024-02-10T07:30:00Z"),
      ("2024-02-10 09:30", "2024-02-10T09:30:00Z"), ("02/10/2024", "2024-02-10T00:00:00Z"),
      ("02/10/2024 1:05 PM", "2024-02-10T13:05:00Z"), ("10.2.2024", "2024-02-10T00:00:00Z"),
      ("2024/02/10 12:00:30 am", "2024-02-10T00:00:30Z"),
    ])
  func dates(text: String, instant: String) throws {
    let changes = try export("D1,\(text),,r,i,g,p,s,Demo,1,").changes
    #expect(changes.first?.occurredAt.rfc3339 == instant)
  }

  @Test("a zone that puts a date beyond the years that can be written makes it none", arguments: [-840, 0])
  func farDates(zone: Int) throws {
    var settings = ImportSettings()
    settings.zoneMinutes = zone
    let export = try export("D1,9999-12-31 23:00,,r,i,g,p,s,Demo,1,", settings: settings)
    #expect(export.rejects.map(\.rejection.code) == (zone == 0 ? [] : [.date]))
  }

  @Test("the order of day and month follows the configuration, and a day that does not exist is refused")
  func dateOrder() throws {
    var settings = ImportSettings()
    settings.dateOrder = .dayFirst
    let day = try export("D1,03/04/2024,,r,i,g,p,s,Demo,1,", settings: settings).changes.first?.occurredAt
    #expect(day?.rfc3339 == "2024-04-03T00:00:00Z")
    #expect(try export("D1,02/30/2024,,r,i,g,p,s,Demo,1,").rejects.map(\.rejection.code) == [.date])
  }

  @Test(
    "amounts are read as people write them",
    arguments: [
      ("75000", 75_000.0), ("\"$75,000.50\"", 75_000.5), ("75K", 75_000), ("EUR 1.2M", 1_200_000),
      ("1.2E+06", 1_200_000),
      ("+500", 500), ("75 000.5", 75_000.5), ("1'234'567", 1_234_567), ("\"12,34,567\"", 1_234_567), (".5", 0.5),
      ("500.", 500), ("1.2M €", 1_200_000), ("US$ 5", 5), ("USD .5", 0.5), ("0", 0),
    ])
  func amounts(text: String, units: Double) throws {
    let changes = try export("D1,2024-01-01,,r,i,g,p,s,Demo,\(text),").changes
    #expect(changes.first?.deal.amount?.units == units)
  }

  @Test(
    "what is not plainly an amount is left out, and not read as another number",
    arguments: [
      "10-20", "2024-02-10", "10.2.2024", "02/10/2024", "5+5", "1(000)", "(500", "500)", "--5",
      "approx 500",
      "Rs.500", "\"12,50\"", "\"1,2,3\"", "\"1,0000\"", "\",500\"", "10 20", "5KK", "5Q", "1.2.3", "K", ".", "$", "1e",
      "٣",
    ])
  func noAmounts(text: String) throws {
    let export = try export("D1,2024-01-01,,r,i,g,p,s,Demo,\(text),")
    #expect(export.rejects.map(\.rejection.code) == [.amount], "\(export.changes.map(\.deal.amount))")
  }

  @Test(
    "a sign or parentheses make an amount negative, which none may be",
    arguments: ["-5", "5-", "(5)", "($5K)", "€-5", "−5"])
  func negativeAmounts(text: String) throws {
    #expect(try export("D1,2024-01-01,,r,i,g,p,s,Demo,\(text),").rejects.map(\.rejection.code) == [.amount])
  }

  @Test("a decimal comma is read where the configuration says so")
  func decimalComma() throws {
    var settings = ImportSettings()
    settings.hasDecimalComma = true
    let changes = try export("D1,2024-01-01,,r,i,g,p,s,Demo,\"75.000,50\",", settings: settings).changes
    #expect(changes.first?.deal.amount?.units == 75_000.5)
    let other = try export("D1,2024-01-01,,r,i,g,p,s,Demo,75000.50,", settings: settings)
    #expect(other.rejects.map(\.rejection.code) == [.amount])
  }

  private static let reference = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/data/skygeni_sales_data.csv").path

  @Test(
    "the reference data: 5,000 deals, 10,000 events, 2,263 won",
    .enabled(if: FileManager.default.fileExists(atPath: reference), "../shared/data is not there"))
  func referenceData() throws {
    let export = try CRMExport(path: Self.reference)
    #expect(export.deals == 5_000)
    #expect(export.changes.count == 10_000)
    #expect(export.rejects.isEmpty)
    #expect(export.changes.count { $0.deal.status.outcome == .won } == 2_263)
  }
}
