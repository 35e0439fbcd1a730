using Sockeye.Conformance.Judging;

namespace Sockeye.Conformance.Reports;

/// <summary>A judgement.</summary>
/// <param name="Side">What was judged: server or client.</param>
/// <param name="Peer">Who: a program and its version, the address, or the agent's name.</param>
/// <param name="Date">The day it was judged.</param>
/// <param name="Results">The results, in the order of the cases.</param>
public sealed record Report(string Side, string Peer, DateOnly Date, IReadOnlyList<CaseResult> Results);
