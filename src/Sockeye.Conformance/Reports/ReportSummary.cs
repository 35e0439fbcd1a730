namespace Sockeye.Conformance.Reports;

/// <summary>What a comparison needs of a report.</summary>
/// <param name="Side">Server or client.</param>
/// <param name="Peer">Who.</param>
/// <param name="Date">When.</param>
/// <param name="Page">Where its page is, beside the comparison.</param>
/// <param name="Cases">The worse of both verdicts of each case, by id.</param>
internal sealed record ReportSummary(string Side, string Peer, string Date, string Page, IReadOnlyDictionary<string, string> Cases);
