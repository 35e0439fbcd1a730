namespace Sockeye.Protocol.Http;

/// <summary>How far a <see cref="HeadReader"/> is.</summary>
internal enum HeadStatus : byte
{
    /// <summary>Everything given was taken; the head is not over.</summary>
    NeedMore,

    /// <summary>The head is whole; bytes behind it were left alone.</summary>
    Complete,

    /// <summary>The bytes cannot be the start of a head that is accepted.</summary>
    Failed,
}
