namespace Sockeye.Protocol.Extensions;

/// <summary>One parameter of an extension (RFC 6455 §9.1).</summary>
/// <param name="Name">A token.</param>
/// <param name="Value">A token, its quotes and escapes undone; null when there is no "=".</param>
internal readonly record struct ExtensionParameter(string Name, string? Value);
