package io.espalier.relay.protocol;

/**
 * The master as its own relay's door sees it; the controller offers it as a service of the process. The door is the only port that
 * nodes need: it answers {@code POST /v1/join}, {@code POST /v1/renew} and the control links with these methods. Thread-safe;
 * methods may block.
 */
public interface ClusterAuthority {
    /** With these words the master closes the link of a node that was removed. */
    String REMOVED = "the node was removed from the cluster";

    /**
     * Makes a node a member; not authenticated by certificate, so the token decides.
     *
     * @param remoteAddress for the log
     */
    IssuedCertificate join(JoinRequest request, String remoteAddress) throws RefusedException;

    /** Signs a new key of a member that has proved itself by its present certificate. */
    IssuedCertificate renew(NodeId node, String signingRequest) throws RefusedException;

    /** Makes the relay of this very process a member and the root; needs no token. {@code request.token()} is ignored. */
    IssuedCertificate enrolMaster(JoinRequest request) throws RefusedException;

    /** A member, proved by its certificate, has opened a control link. */
    ControlSession connect(NodeId node, String remoteAddress, ControlLink link) throws RefusedException;

    /**
     * Does at the master what a member has the permission for, which the door has checked: {@link ControlAction#MEASURE}, {@link
     * ControlAction#PLAN} or {@link ControlAction#PUSH}. What fails is in the answer.
     *
     * @param subject an image as REPOSITORY:TAG, or empty
     */
    default ActAnswer act(ControlAction action, String subject) throws RefusedException {
        throw new RefusedException(
                RefusedException.Code.UNAVAILABLE, "This master does not " + action.word() + " for others.");
    }
}
