namespace Sockeye.Conformance.Cases;

/// <summary>A handshake to send.</summary>
/// <param name="What">How it is special.</param>
/// <param name="Reference">Why it must be taken or refused.</param>
/// <param name="Text">Its bytes: of a request from the host and the target, of a response from the accept value and the key.</param>
/// <param name="Size">Octets a write; 0 for all at once.</param>
/// <param name="IsWish">The standard asks for it but does not demand it: to do otherwise is non-strict.</param>
internal sealed record OpeningSample(string What, string Reference, Func<string, string, string> Text, int Size = 0, bool IsWish = false);
