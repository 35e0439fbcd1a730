namespace Sockeye.Transports;

/// <summary>A sender whose bytes may be held back for the rest of a burst.</summary>
internal interface ICorked
{
    /// <summary>Whether some thread's cork holds it; kept by <see cref="Cork"/>.</summary>
    bool IsHeld { get; set; }

    /// <summary>Tells the processor that this will be used soon: thousands of senders do not fit its caches.</summary>
    void Prefetch();

    /// <summary>Writes what is queued.</summary>
    void Flush();
}
