using Sockeye.Conformance.Judging;

namespace Sockeye.Conformance.Reports;

/// <summary>A judgement.</summary>
/// <param name="Side">What was judged: server or client.</param>
/// <param name="Peer">Who: the address, or the agent's name.</param>
/// <param name="Results">The results, in the order of the cases.</param>
public sealed record Report(string Side, string Peer, IReadOnlyList<CaseResult> Results);
