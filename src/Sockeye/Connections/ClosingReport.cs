using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Frames;

namespace Sockeye.Connections;

/// <summary>Writes down how a connection ends, as it happens. Guarded by the door.</summary>
internal sealed class ClosingReport
{
    private CloseCode _code = CloseCode.Abnormal;
    private string _reason = "";
    private string _cause = "";
    private CloseInitiator _initiator;
    private CloseCode? _received;
    private Violation? _violation;
    private Exception? _error;
    private bool _cut;

    /// <summary>This end closes.</summary>
    public void Local(CloseCode code, string reason) => (_code, _reason, _initiator) = (code, reason, CloseInitiator.Local);

    /// <summary>The peer's close frame came, in this state.</summary>
    public void Remote(ReadOnlySpan<byte> body, ClosingState state)
    {
        var (code, reason) = ClosePayload.Read(body);
        _received = code;
        if (state == ClosingState.Open)
        {
            (_code, _reason, _initiator) = (code, reason, CloseInitiator.Remote);
        }
    }

    /// <summary>The peer broke a rule, and is told.</summary>
    public void Broke(Violation violation)
    {
        _violation = violation;
        Local(violation.Code, violation.Message);
    }

    /// <summary>The closing was not orderly after all: whatever was said, the peer has not confirmed it.</summary>
    public void Cut(string why, Exception? error)
    {
        if (_received is null && _violation is null && !_cut)
        {
            _cut = true; // the first cause counts: the end of the link that follows from it is none
            (_code, _reason, _cause) = (CloseCode.Abnormal, "", why);
            _error ??= error;
        }
    }

    public CloseResult Result() =>
        new(_code, _reason, _initiator, _received is not null && _violation is null)
        {
            ReceivedCode = _received,
            Violation = _violation,
            Cause = _cause,
            Error = _error,
        };
}
